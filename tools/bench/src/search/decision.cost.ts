import { decide, evolveAll, type Search, type SearchEvent } from '@perennial/search';
import { median } from '../load/percentiles';

export interface DecisionCost {
  readonly trials: number;
  /** Of the processor, for what follows from one outcome; median of those before. */
  readonly milliseconds: number;
  /** Of the search, as JSON: it is written anew with every outcome. */
  readonly bytes: number;
}

const AT = '2026-01-01T00:00:00.000Z';
const NAMES = ['numLeaves', 'learningRate', 'minDataInLeaf', 'featureFraction', 'baggingFraction', 'lambda'];
const MEDIAN_OF = 20;

const declaration = (trials: number, parallel: number) => ({
  space: {
    lightgbm: Object.fromEntries(
      NAMES.map((name) => [name, { min: 0.001, max: 1, scale: 'log' as const, integer: false }]),
    ),
  },
  ...{ metric: 'rocAuc' as const, budget: { trials, seconds: 1e9 }, parallel, halving: null },
});

/** What deciding costs in a long search over six parameters, by number of trials. */
export function decisionCosts(counts: readonly number[], parallel: number): DecisionCost[] {
  const most = Math.max(...counts);
  const costs: DecisionCost[] = [];
  const taken: number[] = [];
  let search: Search | null = null;
  const waiting: SearchEvent[] = [];
  const take = (events: SearchEvent[]) => {
    search = evolveAll(search, events);
    waiting.push(...events.filter(({ type }) => type === 'trial-started'));
  };
  take(decide(null, { type: 'start', at: AT, declaration: declaration(most, parallel), seed: 1 }));
  for (let told = 1; told <= most; told++) {
    const started = waiting.shift();
    if (started?.type !== 'trial-started') break;
    const { trial, rung, configuration } = started;
    const score = Object.values(configuration.parameters).reduce<number>((sum, value) => sum - Number(value), 0);
    const before = process.cpuUsage();
    take(decide(search, { type: 'score', at: AT, trial, rung, score, seconds: 1 }));
    const { user, system } = process.cpuUsage(before);
    taken.push((user + system) / 1_000);
    if (!counts.includes(told + parallel)) continue;
    const bytes = Buffer.byteLength(JSON.stringify(search));
    costs.push({
      trials: told + parallel,
      milliseconds: Math.round(median(taken.slice(-MEDIAN_OF)) * 100) / 100,
      bytes,
    });
  }
  return costs;
}
