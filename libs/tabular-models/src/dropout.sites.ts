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
import { HEAD_WIDTHS, type TabTransformerConfig } from './tab-transformer.config';

export interface DropoutSite {
  readonly name: string;
  readonly shape: readonly number[];
}

/** Every place where the model drops, in the order in which the mask bytes of one step lie. Empty without dropout. */
export function dropoutSites(config: TabTransformerConfig, batch: number): DropoutSite[] {
  const { dModel, heads, feedForward, layers, dropout } = config;
  const tokens = config.categorical.length;
  if (dropout === 0) return [];
  const encoder = Array.from({ length: tokens > 0 ? layers : 0 }, (_, index) => [
    { name: `encoder.${index}.attention`, shape: [batch, heads, tokens, tokens] },
    { name: `encoder.${index}.residual1`, shape: [batch * tokens, dModel] },
    { name: `encoder.${index}.hidden`, shape: [batch * tokens, feedForward] },
    { name: `encoder.${index}.residual2`, shape: [batch * tokens, dModel] },
  ]);
  return [...encoder.flat(), ...HEAD_WIDTHS.map((width, index) => ({ name: `head.${index}`, shape: [batch, width] }))];
}

export const maskBytes = (sites: readonly DropoutSite[]): number =>
  sites.reduce((sum, { shape }) => sum + sizeOf(shape), 0);

/** Applies dropout at a named place; the identity where nothing is to be dropped. */
export type Dropout = (g: Graph, x: Value, site: string) => Value;

export const noDropout: Dropout = (_, x) => x;

/** Inverted dropout from mask bytes [maskBytes]: 1 keeps and scales by 1/(1-p), 0 drops. */
export function dropoutFromMask(g: Graph, mask: Value, sites: readonly DropoutSite[], probability: number): Dropout {
  const pieces = split(
    g,
    mask,
    sites.map(({ shape }) => sizeOf(shape)),
    0,
  );
  const masks = new Map(sites.map(({ name, shape }, index) => [name, { piece: pieces[index] as Value, shape }]));
  return (graph, x, site) => {
    const found = masks.get(site);
    if (!found) throw new Error(`no dropout mask for ${site}`);
    // Reshaped as bytes: after a DequantizeLinear the runtime would quantise and dequantise around the Reshape.
    const bytes = reshape(graph, found.piece, found.shape as Shape);
    return mul(graph, x, dequantizeLinear(graph, bytes, 1 / (1 - probability)));
  };
}
