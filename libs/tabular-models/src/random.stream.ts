import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { xoroshiro128plus, xoroshiro128plusFromState } from 'pure-rand/generator/xoroshiro128plus';
import type { RandomGenerator } from 'pure-rand/types/RandomGenerator';

export type RandomStream = RandomGenerator;

/** What randomness is used for; each use has its own stream, so that none disturbs another. */
const streams = ['initialisation', 'shuffle', 'dropout', 'corruption', 'corruption of validation rows'] as const;
export type StreamName = (typeof streams)[number];

/** The stream of `seed` for one use: 2^64 numbers away from the others. */
export function randomStream(seed: number, stream: StreamName): RandomStream {
  const generator = xoroshiro128plus(seed);
  for (let jumps = 0; jumps <= streams.indexOf(stream); jumps++) generator.jump();
  return generator;
}

/** A stream that goes on where one with this state (its `getState()`) stood. */
export const continuedStream = (state: readonly number[]): RandomStream => xoroshiro128plusFromState(state);

/** Standard normal number (Box–Muller, the cosine half). */
export function normal(random: RandomStream): number {
  const radius = Math.sqrt(-2 * Math.log(1 - uniformFloat64(random)));
  return radius * Math.cos(2 * Math.PI * uniformFloat64(random));
}

export const uniform = (random: RandomStream, bound: number): number => (2 * uniformFloat64(random) - 1) * bound;

/** In [0, 1), of 32 random bits: enough to choose by, and half the price. */
export const fraction = (random: RandomStream): number => (random.next() >>> 0) / 4294967296;

/** A random order of 0 … count-1 (Fisher–Yates). */
export function permutation(random: RandomStream, count: number): Uint32Array {
  const order = Uint32Array.from({ length: count }, (_, index) => index);
  for (let last = count - 1; last > 0; last--) {
    const other = Math.floor(uniformFloat64(random) * (last + 1));
    const moved = order[last] as number;
    order[last] = order[other] as number;
    order[other] = moved;
  }
  return order;
}

/** For each byte value its bits as eight bytes 0 and 1, lowest first. Moved as one number; none of them is a NaN. */
const BITS = new Float64Array(Uint8Array.from({ length: 256 * 8 }, (_, at) => ((at >> 3) >> (at & 7)) & 1).buffer);

/** Made at once, one bit each of a random word. */
const DECISIONS = 32;

/** Words of a mask's seed. */
export const MASK_SEED = 4;

/** What decides so many dropout masks, drawn apart from them: they can so be filled elsewhere, at any time. */
export const drawMaskSeeds = (random: RandomStream, masks: number): Int32Array =>
  Int32Array.from({ length: masks * MASK_SEED }, random.next, random);

/**
 * Fills with 1 (keep) and 0 (drop), honouring `dropout` to 2^-16. 32 decisions are made at once, one bit of their random
 * numbers at a time, from the highest, until each is seen to be below `dropout` or not: seven random words are enough on
 * average. `seed` (see drawMaskSeeds) begins a xoshiro128** (Blackman & Vigna) kept in local variables: a step needs millions
 * of decisions.
 */
export function fillDropoutMask(mask: Uint8Array, dropout: number, seed: Int32Array): void {
  const threshold = Math.round(dropout * 65536);
  // Below the lowest 1 of the threshold nothing undecided can become smaller than it.
  const lowest = threshold === 0 ? 16 : 31 - Math.clz32(threshold & -threshold);
  let [a = 0, b = 0, c = 0, d = 0] = seed;
  // A state of zeros would stay one.
  d |= 1;
  // Eight at a time where they lie, if that is possible.
  const inPlace = mask.byteOffset % 8 === 0 && mask.length % DECISIONS === 0;
  const filled = inPlace ? mask : new Uint8Array(Math.ceil(mask.length / DECISIONS) * DECISIONS);
  const eights = new Float64Array(filled.buffer, filled.byteOffset, filled.length / 8);
  for (let at = 0; at < eights.length; at += 4) {
    let undecided = threshold > 65535 ? 0 : -1;
    let keep = undecided;
    for (let bit = 15; bit >= lowest && undecided !== 0; bit--) {
      const product = Math.imul(b, 5);
      const bits = Math.imul((product << 7) | (product >>> 25), 9);
      const shifted = b << 9;
      c ^= a;
      d ^= b;
      b ^= c;
      a ^= d;
      c ^= shifted;
      d = (d << 11) | (d >>> 21);
      // With a 1 in the threshold those with a 0 are below it, with a 0 those with a 1 are above it.
      const one = -((threshold >>> bit) & 1);
      keep &= ~(undecided & ~bits & one);
      undecided &= bits ^ ~one;
    }
    eights[at] = BITS[keep & 255] as number;
    eights[at + 1] = BITS[(keep >>> 8) & 255] as number;
    eights[at + 2] = BITS[(keep >>> 16) & 255] as number;
    eights[at + 3] = BITS[keep >>> 24] as number;
  }
  if (!inPlace) mask.set(filled.subarray(0, mask.length));
}
