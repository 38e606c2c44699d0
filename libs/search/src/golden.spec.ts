import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { splitObservations } from './observation.split';
import { parzenEstimator } from './parzen.estimator';
import { coordinateOf, type ParameterSpace } from './search.space';
import { promotable } from './successive.halving';

interface Golden {
  densities: { spaces: ParameterSpace[]; observations: number[][]; points: number[][]; logDensities: number[] }[];
  splits: { results: ({ share: number; score: number } | null)[]; good: number[]; bad: number[] }[];
  halvings: { factor: number; trials: { scores: number[]; pruned: boolean }[] }[];
}

const golden = JSON.parse(readFileSync(join(__dirname, '../testdata/golden.json'), 'utf8')) as Golden;
const nameOf = (space: ParameterSpace) => JSON.stringify(space);

describe('as in Optuna', () => {
  it.each(
    golden.densities.map(
      (one) => [`${one.observations.length} of ${one.spaces.map(nameOf).join(' × ')}`, one] as const,
    ),
  )('the log density after %s', (_, { spaces, observations, points, logDensities }) => {
    const estimator = parzenEstimator(spaces, observations);
    points.forEach((point, index) => {
      const expected = logDensities[index] as number;
      expect(Math.abs(estimator.logDensity(point) - expected)).toBeLessThan(1e-9 * Math.max(1, Math.abs(expected)));
    });
  });

  it.each(golden.splits.map((one) => [one.results.length, one] as const))(
    'the good and the bad of %s trials',
    (_, { results, good, bad }) => {
      const observations = results.map((result, index) => ({
        configuration: { kind: 'k', parameters: { index } },
        result,
      }));
      const numbers = (of: typeof observations) => of.map(({ configuration }) => configuration.parameters.index);
      const split = splitObservations(observations);
      expect([numbers(split.good as typeof observations), numbers(split.bad as typeof observations)]).toEqual([
        good,
        bad,
      ]);
    },
  );

  // Optuna lets the best of the first few go on as well, for it cannot pause them.
  it.each(golden.halvings.map((one) => [one.factor, one] as const))(
    'who goes on when one of %s does, from as many on',
    (_, { factor, trials }) => {
      let judged = 0;
      for (let rung = 0; rung < 3; rung++) {
        const there = trials.filter(({ scores }) => scores.length > rung);
        there.forEach(({ scores, pruned }, index) => {
          if (index + 1 < factor) return;
          const before = there.slice(0, index).map((trial) => ({ scores: trial.scores, rung: rung + 1 }));
          const climbers = [...before, { scores: scores.slice(0, rung + 1), rung }];
          const wentOn = scores.length > rung + 1 || !pruned;
          // One rung above this one, so that nobody is promoted from above.
          const ladder = climbers.map((climber) => ({ ...climber, scores: climber.scores.slice(0, rung + 1) }));
          expect(promotable(ladder, rung + 2, factor)).toBe(wentOn ? index : null);
          judged++;
        });
      }
      expect(judged).toBeGreaterThan(60);
    },
  );

  it('knows every choice by its place', () => {
    expect(coordinateOf({ choices: [false, [8, 4], null] }, [8, 4])).toBe(1);
    expect(coordinateOf({ choices: [false, [8, 4], null] }, null)).toBe(2);
  });
});
