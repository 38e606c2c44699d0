import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

/** All choices of a run come from here: equal seeds and names choose equally. */
export interface Random {
  /** In [0, 1). */
  uniform(): number;
  /** From `low` to `high`, both included. */
  integer(low: number, high: number): number;
  /** @throws RangeError for an empty list */
  pick<T>(from: readonly T[]): T;
  /** `count` different ones, or all when there are fewer, in random order. */
  sample<T>(from: readonly T[], count: number): T[];
}

const warmUpDraws = 20;

/** 32-bit FNV-1a: neither scenarios with equal seeds nor neighbouring seeds choose alike. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (const character of text) hash = Math.imul(hash ^ character.codePointAt(0)!, 0x01000193);
  return hash;
}

export function randomOf(seed: number, name = ''): Random {
  const generator = xoroshiro128plus(hashOf(`${name} ${seed}`));
  const uniform = () => uniformFloat64(generator);
  // The generator's first values follow the low bits of what it was seeded with.
  for (let draw = 0; draw < warmUpDraws; draw += 1) uniform();
  const integer = (low: number, high: number) => low + Math.floor(uniform() * (high - low + 1));
  return {
    uniform,
    integer,
    pick: (from) => {
      if (from.length === 0) throw new RangeError('cannot pick from an empty list');
      return from[integer(0, from.length - 1)]!;
    },
    sample: (from, count) => {
      const rest = [...from];
      return Array.from(
        { length: Math.min(count, rest.length) },
        () => rest.splice(integer(0, rest.length - 1), 1)[0]!,
      );
    },
  };
}
