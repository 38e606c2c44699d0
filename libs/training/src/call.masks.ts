import { sizeOf } from '@perennial/onnx-graph';
import {
  type DropoutSite,
  drawMaskSeeds,
  fillDropoutMask,
  MASK_SEED,
  type RandomStream,
} from '@perennial/tabular-models';

/** The dropout masks of a call of some steps, in one memory: a site's lie together, step after step. */
export class CallMasks {
  private readonly sites: readonly { readonly probability: number; readonly size: number; readonly offset: number }[];
  /** Of a memory. */
  readonly bytes: number;

  constructor(
    sites: readonly DropoutSite[],
    readonly steps: number,
  ) {
    let offset = 0;
    this.sites = sites.map(({ shape, probability }) => {
      const site = { probability, size: sizeOf(shape), offset };
      // Masks are filled eight bytes at a time where they begin at such a place.
      offset += Math.ceil((steps * site.size) / 8) * 8;
      return site;
    });
    this.bytes = offset;
  }

  /** Step after step, site after site: what decides the masks of so many steps. */
  drawSeeds(random: RandomStream, steps: number): Int32Array {
    return drawMaskSeeds(random, steps * this.sites.length);
  }

  fill(memory: Uint8Array, seeds: Int32Array): void {
    for (let at = 0, step = 0; at < seeds.length; step += 1) {
      for (const { probability, size, offset } of this.sites) {
        const mask = memory.subarray(offset + step * size, offset + (step + 1) * size);
        fillDropoutMask(mask, probability, seeds.subarray(at, (at += MASK_SEED)));
      }
    }
  }

  /** Those of the site at place `site`, of the first steps. */
  of(memory: Uint8Array, site: number, steps: number): Uint8Array {
    const { offset, size } = this.sites[site] as (typeof this.sites)[number];
    return memory.subarray(offset, offset + steps * size);
  }
}
