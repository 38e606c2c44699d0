import {
  dequantizeLinear,
  type Graph,
  mul,
  reshape,
  type Shape,
  sizeOf,
  split,
  type Value,
} from '@perennial/onnx-graph';
import type { ModelBuild } from './model.build';
import { type DropoutSite, recordModel } from './model.record';
import type { ModelConfig } from './model.kinds';

/** In the order in which the mask bytes of one step lie. Empty without dropout. */
export const dropoutSites = (config: ModelConfig, batch: number): readonly DropoutSite[] =>
  recordModel(config, batch).sites;

export const maskBytes = (sites: readonly DropoutSite[]): number =>
  sites.reduce((sum, { shape }) => sum + sizeOf(shape), 0);

/** Mask bytes in a row that drop with one probability. */
export interface DropoutRun {
  readonly bytes: number;
  readonly probability: number;
}

export function dropoutRuns(sites: readonly DropoutSite[]): DropoutRun[] {
  const runs: DropoutRun[] = [];
  for (const { shape, probability } of sites) {
    const last = runs.at(-1);
    const joined = last?.probability === probability ? runs.pop() : undefined;
    runs.push({ bytes: (joined?.bytes ?? 0) + sizeOf(shape), probability });
  }
  return runs;
}

export type Dropout = ModelBuild['dropout'];

export const noDropout: Dropout = (x) => x;

/** Inverted dropout from mask bytes [maskBytes]: 1 keeps and scales by 1/(1-p), 0 drops. */
export function dropoutFromMask(g: Graph, mask: Value, sites: readonly DropoutSite[]): Dropout {
  const pieces = split(
    g,
    mask,
    sites.map(({ shape }) => sizeOf(shape)),
    0,
  );
  const masks = new Map(sites.map(({ name, shape }, index) => [name, { piece: pieces[index] as Value, shape }]));
  return (x, site, probability) => {
    if (probability === 0) return x;
    const found = masks.get(site);
    if (!found) throw new Error(`no dropout mask for ${site}`);
    // Reshaped as bytes: after a DequantizeLinear the runtime would quantise and dequantise around the Reshape.
    const bytes = reshape(g, found.piece, found.shape as Shape);
    return mul(g, x, dequantizeLinear(g, bytes, 1 / (1 - probability)));
  };
}
