import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

/** Numbers in [0, 1). Streams of one seed and different names are independent of each other. */
export class RandomStream {
  private readonly generator;

  constructor(seed: number, name = '') {
    this.generator = xoroshiro128plus(mix(seed, name));
  }

  next = (): number => uniformFloat64(this.generator);

  /** A whole number in [from, to]. */
  integer(from: number, to: number): number {
    return from + Math.floor(this.next() * (to - from + 1));
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  pick<T>(choices: readonly T[]): T {
    if (choices.length === 0) throw new RangeError('nothing to pick from');
    return choices[Math.floor(this.next() * choices.length)] as T;
  }
}

/** A version 4 UUID of random digits. */
export function uuidFrom(random: () => number): string {
  const hex = (digits: number) =>
    Math.floor(random() * 16 ** digits)
      .toString(16)
      .padStart(digits, '0');
  const variant = (8 + Math.floor(random() * 4)).toString(16);
  return `${hex(8)}-${hex(4)}-4${hex(3)}-${variant}${hex(3)}-${hex(12)}`;
}

/** FNV-1a over the seed and the name, 32 bits. */
function mix(seed: number, name: string): number {
  let value = 0x811c9dc5;
  for (const byte of Buffer.from(`${seed}/${name}`)) value = Math.imul(value ^ byte, 0x01000193);
  return value | 0;
}
