import { dequantizeLinear, type Graph, mul, sizeOf, type Value } from '@perennial/onnx-graph';
import type { ModelBuild } from './model.build';
import { type DropoutSite, recordModel } from './model.record';
import type { ModelConfig } from './model.kinds';

/** Empty without dropout. */
export const dropoutSites = (config: ModelConfig, batch: number): readonly DropoutSite[] =>
  recordModel(config, batch).sites;

export const maskBytes = (sites: readonly DropoutSite[]): number =>
  sites.reduce((sum, { shape }) => sum + sizeOf(shape), 0);

/** The step input that holds a site's mask: uint8 in the site's shape, 1 keeps, 0 drops. */
export const maskInput = ({ name }: DropoutSite): string => `mask.${name}`;

export type Dropout = ModelBuild['dropout'];

export const noDropout: Dropout = (x) => x;

/** Inverted dropout: what is kept is scaled by 1/(1-p). `masks`: by the names that maskInput gives. */
export function dropoutFromMasks(
  g: Graph,
  masks: Readonly<Record<string, Value | undefined>>,
  sites: readonly DropoutSite[],
): Dropout {
  const found = new Map(sites.map((site) => [site.name, masks[maskInput(site)]]));
  return (x, site, probability) => {
    if (probability === 0) return x;
    const mask = found.get(site);
    if (!mask) throw new Error(`no dropout mask for ${site}`);
    return mul(g, x, dequantizeLinear(g, mask, 1 / (1 - probability)));
  };
}
