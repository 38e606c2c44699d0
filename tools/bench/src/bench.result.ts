import type { Contest, ContestTimes } from './contest';
import { type RoundSummary, summarise } from './round.summary';

export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGiB: number;
  readonly platform: string;
  /** Mean number of running processes over the minute before the bench began: how quiet the machine was. */
  readonly loadAverage: number;
}

/** One line of a results file. */
export interface BenchResult {
  readonly name: string;
  readonly unit: string;
  readonly ours: RoundSummary;
  readonly peer: RoundSummary & { readonly name: string };
  /** Median of the peer divided by ours: for times, above 1 means that ours is faster. */
  readonly ratio: number;
  readonly rounds: number;
  readonly date: string;
  readonly machine: Machine;
  readonly versions: Readonly<Record<string, string>>;
}

export type Circumstances = Pick<BenchResult, 'date' | 'machine' | 'versions'>;

/** Of the peer's variants the one with the lowest median counts. */
export function resultOf(
  { name, unit, peers }: Pick<Contest, 'name' | 'unit' | 'peers'>,
  times: ContestTimes,
  circumstances: Circumstances,
): BenchResult {
  if (peers.length === 0) throw new RangeError(`${name} has no peer`);
  const ours = summarise(times.ours);
  const [best] = times.peers
    .map((peer) => ({ name: peer.name, ...summarise(peer.rounds) }))
    .sort((a, b) => a.median - b.median) as [BenchResult['peer']];
  return {
    name,
    unit,
    ours: rounded(ours),
    peer: { name: best.name, ...rounded(best) },
    ratio: significant(best.median / ours.median, 3),
    rounds: times.ours.length,
    ...circumstances,
  };
}

const rounded = ({ min, median }: RoundSummary): RoundSummary => ({
  min: significant(min, 4),
  median: significant(median, 4),
});

const significant = (value: number, digits: number): number => Number(value.toPrecision(digits));
