import type { Random } from './random';

export interface Material {
  readonly seeds: readonly Uint8Array[];
  /** Words of the format. */
  readonly tokens: readonly Uint8Array[];
}

type Mutation = (input: Uint8Array, random: Random, material: Material) => Uint8Array;

const LARGEST = 1 << 16;
const longestRepeat = 4_096;
/** Numbers at the edges of their width, as little-endian words. */
const edges = [0, 1, 0x7f, 0x80, 0xff, 0x7fff, 0x8000, 0xffff, 0x7fffffff, 0x80000000, 0xffffffff];

const spliced = (input: Uint8Array, from: number, to: number, middle: Uint8Array): Uint8Array =>
  Buffer.concat([input.subarray(0, from), middle, input.subarray(to)]);
const placeIn = (input: Uint8Array, random: Random) => random.below(input.length + 1);

const flipBit: Mutation = (input, random) => {
  if (input.length === 0) return input;
  const copy = Uint8Array.from(input);
  const at = random.below(copy.length);
  copy[at] = (copy[at] as number) ^ (1 << random.below(8));
  return copy;
};

const setByte: Mutation = (input, random) => {
  const at = placeIn(input, random);
  return spliced(input, at, at + 1, Uint8Array.of(random.below(256)));
};

const remove: Mutation = (input, random) => {
  const at = placeIn(input, random);
  return spliced(input, at, Math.min(input.length, at + 1 + random.below(32)), new Uint8Array(0));
};

const truncate: Mutation = (input, random) => input.subarray(0, placeIn(input, random));

const repeat: Mutation = (input, random) => {
  const at = placeIn(input, random);
  const part = input.subarray(at, at + 1 + random.below(16));
  const times = 1 + random.below(Math.max(1, Math.floor(longestRepeat / Math.max(1, part.length))));
  return spliced(input, at, at, Buffer.concat(Array.from({ length: times }, () => part)));
};

const insertToken: Mutation = (input, random, { tokens }) => {
  const at = placeIn(input, random);
  return tokens.length === 0 ? input : spliced(input, at, at, random.pick(tokens));
};

const overwriteWithToken: Mutation = (input, random, { tokens }) => {
  if (tokens.length === 0) return input;
  const at = placeIn(input, random);
  const token = random.pick(tokens);
  return spliced(input, at, Math.min(input.length, at + token.length), token);
};

const cross: Mutation = (input, random, { seeds }) => {
  const other = random.pick(seeds);
  const [from, to] = [placeIn(other, random), placeIn(other, random)];
  const at = placeIn(input, random);
  return spliced(
    input,
    at,
    Math.min(input.length, at + random.below(64)),
    other.subarray(Math.min(from, to), Math.max(from, to)),
  );
};

/** A length field, wherever it lies: 1, 2 or 4 bytes, or a varint, become a number at an edge. */
const editLength: Mutation = (input, random) => {
  const at = placeIn(input, random);
  const value = random.pick(edges);
  const width = random.pick([1, 2, 4]);
  const word = Buffer.alloc(4);
  word.writeUInt32LE(value);
  if (random.below(3) > 0) return spliced(input, at, Math.min(input.length, at + width), word.subarray(0, width));
  const varint: number[] = [];
  let rest = value;
  for (; rest > 0x7f; rest = Math.floor(rest / 128)) varint.push((rest % 128) | 0x80);
  return spliced(input, at, Math.min(input.length, at + 1), Uint8Array.from([...varint, rest]));
};

const mutations: readonly Mutation[] = [
  ...[flipBit, setByte, remove, truncate, repeat, insertToken, overwriteWithToken, cross, editLength, editLength],
];

/** A seed, changed once, so that much of it is still in order, or a few times. */
export function mutated(material: Material, random: Random): Uint8Array {
  let input = random.pick(material.seeds);
  for (let left = random.below(2) === 0 ? 1 : 1 + random.below(6); left > 0; left--)
    input = random.pick(mutations)(input, random, material);
  return Uint8Array.from(input.subarray(0, LARGEST));
}
