import { featureDifferences } from '@perennial/tabular-models';
import { TrainingError } from '@perennial/training';
import { z } from 'zod';
import { checkLightGbmConfig, type LightGbmConfig } from './lightgbm.config';

const FORMAT = 'perennial.lightgbm/1';

/** Trees to grow on from. */
export interface LightGbmCheckpoint {
  readonly model: LightGbmConfig;
  /** LightGBM's own format. */
  readonly modelText: string;
}

const schema = z.object({
  format: z.literal(FORMAT),
  model: z.looseObject({
    kind: z.literal('lightgbm'),
    categorical: z.array(z.object({ feature: z.string(), cardinality: z.int(), vocabularyDigest: z.string() })),
    numeric: z.array(z.string()),
  }),
  modelText: z.string(),
});

/** JSON, UTF-8. */
export function encodeLightGbmCheckpoint({ model, modelText }: LightGbmCheckpoint): Uint8Array {
  return new TextEncoder().encode(JSON.stringify({ format: FORMAT, model, modelText }));
}

/** Whether the bytes are meant to be a checkpoint of trees; no other kind's begins so. */
export const isLightGbmCheckpoint = (bytes: Uint8Array): boolean => bytes[0] === '{'.charCodeAt(0);

/** Throws TrainingError `training.invalid-checkpoint`. */
export function decodeLightGbmCheckpoint(bytes: Uint8Array): LightGbmCheckpoint {
  try {
    const { model, modelText } = schema.parse(JSON.parse(new TextDecoder().decode(bytes)));
    return { model: checkLightGbmConfig(model as unknown as LightGbmConfig), modelText };
  } catch (cause) {
    const reason = (cause as Error).message;
    const message = `the checkpoint of LightGBM cannot be read: ${reason}`;
    throw new TrainingError('training.invalid-checkpoint', message, { reason }, { cause });
  }
}

/** The checkpoint's trees, if their features are those of `model`. Throws TrainingError `training.checkpoint-mismatch`. */
export function treesFor(model: LightGbmConfig, { model: grown, modelText }: LightGbmCheckpoint): string {
  const problems = featureDifferences(grown, model);
  if (problems.length === 0) return modelText;
  const message = `the checkpoint was trained for another model: ${problems.join('; ')}`;
  throw new TrainingError('training.checkpoint-mismatch', message, { problems });
}
