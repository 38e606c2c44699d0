import {
  decide,
  evolveAll,
  randomSearch,
  type Sampler,
  type Search,
  type SearchEvent,
  standardTpe,
  tpe,
} from '@perennial/search';
import { median } from '../load/percentiles';
import { type SyntheticFunction, syntheticFunctions } from './synthetic.functions';

const samplers: Readonly<Record<string, Sampler>> = {
  random: randomSearch,
  TPE: tpe(),
  'TPE, each parameter by itself': tpe({ ...standardTpe, joint: !standardTpe.joint }),
};

export interface SyntheticResult {
  readonly function: string;
  readonly sampler: string;
  /** Of the seeds, by number of trials: how far the best value found lies above the least one. */
  readonly regret: Readonly<Record<string, number>>;
  /** Share of the seeds in which it is better than random search after all trials. */
  readonly betterThanRandom: number;
}

const AT = '2026-01-01T00:00:00.000Z';

/** Best value so far, trial by trial. */
function descent({ space, value, least }: SyntheticFunction, sampler: Sampler, trials: number, seed: number): number[] {
  const declaration = {
    ...{ space, metric: 'logLoss' as const, budget: { trials, seconds: 1e9 } },
    ...{ parallel: 1, halving: null },
  };
  let events: SearchEvent[] = decide(null, { type: 'start', at: AT, declaration, seed }, sampler);
  let search = evolveAll(null, events) as Search;
  const best: number[] = [];
  for (let started = events.at(-1); started?.type === 'trial-started'; started = events.at(-1)) {
    const { trial, rung, configuration } = started;
    const score = value(configuration);
    best.push(Math.min(best.at(-1) ?? Infinity, score - least));
    events = decide(search, { type: 'score', at: AT, trial, rung, score, seconds: 0 }, sampler);
    search = evolveAll(search, events) as Search;
  }
  return best;
}

/** Every sampler on every function, with the same seeds. */
export function searchSynthetic(
  trials: readonly number[],
  seeds: number,
  onProgress: (line: string) => void,
): SyntheticResult[] {
  const most = Math.max(...trials);
  return syntheticFunctions.flatMap((of) => {
    const descents = Object.entries(samplers).map(([name, sampler]) => {
      const runs = Array.from({ length: seeds }, (_, seed) => descent(of, sampler, most, seed + 1));
      onProgress(`${of.name}, ${name}: ${median(runs.map((run) => run.at(-1) as number)).toPrecision(3)}`);
      return { name, runs };
    });
    const random = descents[0]?.runs ?? [];
    return descents.map(({ name, runs }) => {
      const after = (count: number) => runs.map((run) => run[Math.min(count, run.length) - 1] as number);
      const better = after(most).filter((regret, seed) => regret < (random[seed]?.at(-1) as number)).length;
      return {
        function: of.name,
        sampler: name,
        regret: Object.fromEntries(trials.map((count) => [count, Number(median(after(count)).toPrecision(3))])),
        betterThanRandom: better / seeds,
      };
    });
  });
}
