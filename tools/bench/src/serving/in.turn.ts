import { median } from '../load/percentiles';
import { type LoadFigures, runWrk } from './load.generator';

const CONNECTIONS = [1, 16, 64] as const;
/** Until code is compiled, also that of the broker, which is told of every prediction. */
const WARM_UP_SECONDS = 10;

/** Answers requests of one row. */
export interface Contender {
  readonly name: string;
  readonly url: string;
  /** A JSON text. */
  readonly body: string;
}

export interface Figures {
  readonly connections: number;
  readonly perSecond: { readonly min: number; readonly median: number; readonly max: number };
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly failed: number;
}

export interface OneRowResult {
  readonly oneRow: readonly { readonly name: string; readonly at: readonly Figures[] }[];
  /** The first by each other, of the medians, by connections. */
  readonly ratios: readonly { readonly peer: string; readonly at: readonly number[] }[];
}

export interface TurnOptions {
  readonly rounds: number;
  readonly seconds: number;
  readonly onProgress: (line: string) => void;
}

/** Each on each number of connections, one after the other, round by round. */
export async function inTurn(
  contenders: readonly Contender[],
  { rounds, seconds, onProgress }: TurnOptions,
): Promise<OneRowResult> {
  const figures = new Map<string, LoadFigures[]>();
  for (const { url, body } of contenders) await runWrk({ url, body, connections: 16, seconds: WARM_UP_SECONDS });
  for (let round = 1; round <= rounds; round += 1) {
    for (const connections of CONNECTIONS) {
      for (const { name, url, body } of contenders) {
        const found = await runWrk({ url, body, connections, seconds });
        const key = `${name} ${connections}`;
        figures.set(key, [...(figures.get(key) ?? []), found]);
        onProgress(`round ${round}, ${connections} connections, ${name}: ${JSON.stringify(found)}`);
      }
    }
  }
  const oneRow = contenders.map(({ name }) => ({
    name,
    at: CONNECTIONS.map((connections) => together(connections, figures.get(`${name} ${connections}`) ?? [])),
  }));
  return { oneRow, ratios: ratiosOf(oneRow) };
}

function together(connections: number, rounds: readonly LoadFigures[]): Figures {
  const rates = rounds.map(({ perSecond }) => perSecond);
  return {
    connections,
    perSecond: { min: Math.min(...rates), median: median(rates), max: Math.max(...rates) },
    p50Ms: median(rounds.map(({ p50Ms }) => p50Ms)),
    p99Ms: median(rounds.map(({ p99Ms }) => p99Ms)),
    failed: rounds.reduce((sum, { refused, broken }) => sum + refused + broken, 0),
  };
}

function ratiosOf([ours, ...peers]: OneRowResult['oneRow']): OneRowResult['ratios'] {
  const ratio = (at: Figures, index: number) => (ours?.at[index]?.perSecond.median ?? NaN) / at.perSecond.median;
  return peers.map(({ name, at }) => ({
    peer: name,
    at: at.map((each, index) => Number(ratio(each, index).toFixed(2))),
  }));
}
