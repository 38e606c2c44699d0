import { createHash } from 'node:crypto';
import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

/** Numbers in [0, 1) for the choice of one trial, by SHA-256("seed/trial"): no choice disturbs another. */
export function trialStream(seed: number, trial: number): () => number {
  const state = createHash('sha256').update(`${seed}/${trial}`).digest().readInt32BE(0);
  const random = xoroshiro128plus(state);
  return () => uniformFloat64(random);
}
