import { LATENCY_BOUNDS_MS } from '@perennial/contracts';
import type { Observation } from '../domain/observation';
import type { Traffic } from '../domain/traffic';

/** What replica a counted under the traffic: rows of each arm, answered within a millisecond, and how many of it failed. */
export function seen(
  { rolloutId, sequence, experimentId, arms }: Traffic,
  counts: Record<string, { rows: number; errors?: number }>,
  changes: Partial<Observation> = {},
): Observation {
  const latency = (rows: number) => LATENCY_BOUNDS_MS.map((_, bin) => (bin === 10 ? rows : 0)).concat(0);
  const scores = (rows: number) => Array.from({ length: 20 }, (_, bin) => (bin < 4 ? rows / 4 : 0));
  return {
    ...{ replicaId: 'a', pipeline: 'credit', rolloutId, sequence, experimentId, since: 0, at: 0 },
    arms: arms.map(({ name, version }) => {
      const { rows = 0, errors = 0 } = counts[name] ?? {};
      return { name, version, requests: rows + errors, errors, rows, latency: latency(rows), scores: scores(rows) };
    }),
    shadows: [],
    labels: [],
    ...changes,
  };
}
