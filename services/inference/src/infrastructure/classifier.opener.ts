import { type CacheUse, type ModelRun, openClassifier, type OpenOptions } from '@perennial/model-runtime';
import { readCategories } from '@perennial/onnx-file';
import type { KeptResponses } from '../application/kept.responses';
import type { ModelMemory } from '../application/model.memory';
import type { OpenModel, ServingMetrics } from '../application/ports';
import { refusingUnknown } from './refusing.model';

type Limits = Omit<OpenOptions, 'name' | 'version' | 'reserve' | 'onRun' | 'cache' | 'onCacheUse'>;

/** Opens classifiers in workers of their own, within the memory budget. */
export const classifierOpener =
  (
    memory: ModelMemory,
    limits: Limits,
    unknownCategory: 'map' | 'refuse',
    metrics: Pick<ServingMetrics, 'ran' | 'cacheUsed'>,
    responses: KeptResponses | null,
  ): OpenModel =>
  async (bytes, identity, again) => {
    const artifact = onceThen(bytes, again);
    const onRun = (run: ModelRun) => metrics.ran(identity.name, identity.version, run);
    const onCacheUse = (use: CacheUse) => metrics.cacheUsed(identity.name, identity.version, use);
    const options = { ...identity, ...limits, onRun, ...(responses && { cache: responses.ofModel(), onCacheUse }) };
    const model = await memory.open(identity, (reserve) => openClassifier(artifact, options, reserve));
    return unknownCategory === 'refuse' ? refusingUnknown(model, readCategories(bytes)) : model;
  };

/** The bytes that are there, the first time; they are not kept for the next. */
function onceThen(bytes: Uint8Array, again: () => Promise<Uint8Array>): () => Promise<Uint8Array> {
  let first: Uint8Array | null = bytes;
  return async () => {
    const given = first ?? (await again());
    first = null;
    return given;
  };
}
