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

/**
 * Fills with 1 (keep) and 0 (drop). Two decisions a number, so `dropout` is honoured to 2^-16. The stream seeds a
 * xoshiro128** (Blackman & Vigna) kept in local variables: a step needs a hundred thousand numbers.
 */
export function fillDropoutMask(mask: Uint8Array, dropout: number, random: RandomStream): void {
  const threshold = Math.round(dropout * 65536);
  let [a, b, c, d] = [random.next(), random.next(), random.next(), random.next() | 1];
  for (let index = 0; index < mask.length; index += 2) {
    const product = Math.imul(b, 5);
    const bits = Math.imul((product << 7) | (product >>> 25), 9);
    const shifted = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= shifted;
    d = (d << 11) | (d >>> 21);
    // The sign bit instead of a comparison: a branch here is mispredicted three times in ten.
    mask[index] = (((bits >>> 16) - threshold) >>> 31) ^ 1;
    // Past the end when the length is odd: typed arrays ignore it.
    mask[index + 1] = (((bits & 0xffff) - threshold) >>> 31) ^ 1;
  }
}
