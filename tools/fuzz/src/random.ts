import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

/** Equal seeds give equal choices. */
export interface Random {
  /** A whole number in [0, bound). */
  below(bound: number): number;
  pick<T>(choices: readonly T[]): T;
}

/** Case `index` of a run does not depend on the cases before it, so that one case can be repeated by itself. */
export function randomOf(seed: number, index: number): Random {
  const generator = xoroshiro128plus((Math.imul(seed | 0, 0x9e3779b1) ^ Math.imul(index + 1, 0x85ebca6b)) | 0);
  const below = (bound: number) => uniformInt(generator, 0, bound - 1);
  return { below, pick: (choices) => choices[below(choices.length)] as (typeof choices)[number] };
}
