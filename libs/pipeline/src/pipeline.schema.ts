import { z } from 'zod';
import { datasetSchema } from './dataset.schema';
import { improvementSchema } from './improvement.schema';
import { modelSchema } from './model.schema';
import { rolloutSchema } from './rollout.schema';
import { calendarDay } from './scalar.schema';
import { servingSchema } from './serving.schema';
import { trainingSchema } from './training.schema';

const share = z.number().min(0).max(1);
const positiveInteger = z.int().min(1);
const section = <T extends z.ZodObject>(schema: T) => schema.prefault({} as z.input<T>);

const preprocessingSchema = z.strictObject({
  nullColumns: section(z.strictObject({ dropAbove: share.default(0.95) })),
  objectColumns: section(z.strictObject({ maxCategories: positiveInteger.default(50) })),
  dates: section(
    z.strictObject({
      parts: z
        .array(z.enum(['year', 'month', 'dayOfMonth', 'dayOfWeek']))
        .default(['year', 'month', 'dayOfMonth', 'dayOfWeek']),
      origin: calendarDay.nullable().default(null),
    }),
  ),
  shrinkage: section(z.strictObject({ dropConstant: z.boolean().default(true) })),
  encoding: section(
    z.strictObject({
      numeric: z.enum(['standard', 'none']).default('standard'),
      impute: z.enum(['median', 'mean', 'zero']).default('median'),
    }),
  ),
});

const qualitySchema = z.strictObject({
  maxNullShare: share.default(0.2),
  maxOutOfRangeShare: share.default(0.05),
  maxUnseenShare: share.default(0.1),
  rowCount: section(
    z.strictObject({ minimumRatio: z.number().min(0).default(0.5), maximumRatio: z.number().positive().default(2) }),
  ),
});

const gateSchema = z.strictObject({
  metric: z.enum(['f1', 'accuracy', 'precision', 'recall', 'rocAuc', 'prAuc']).default('f1'),
  averaging: z.enum(['binary', 'macro', 'micro', 'weighted']).default('binary'),
  threshold: share.default(0.75),
  decisionThreshold: z.union([z.literal('tuned'), share]).default('tuned'),
  minimumRows: positiveInteger.default(1000),
});

const approvalSchema = z.strictObject({
  mode: z.enum(['automatic', 'manual']).default('automatic'),
  approvers: z.array(z.string().min(1)).default([]),
});

const channels = (names: string[]) => z.array(z.string().min(1)).default(names);
const alertsSchema = z.strictObject({
  routes: section(
    z.strictObject({
      critical: channels(['pagerduty', 'slack']),
      error: channels(['slack']),
      warning: channels(['slack']),
      info: channels(['slack']),
    }),
  ),
});

/** pipeline.yaml, field by field; rules between fields are in cross-field.rules.ts. */
export const pipelineSchema = z.strictObject({
  apiVersion: z.literal('perennial/v1'),
  kind: z.literal('Pipeline'),
  name: z.string().regex(/^[a-z0-9-]{1,63}$/, 'must be 1 to 63 characters of a-z, 0-9 and -'),
  description: z.string().default(''),
  owner: z.string().default(''),
  dataset: datasetSchema,
  reference: z.strictObject({ day: calendarDay }),
  preprocessing: section(preprocessingSchema),
  quality: section(qualitySchema),
  split: section(z.strictObject({ holdout: share.default(0.3), validation: share.default(0.15) })),
  model: modelSchema,
  training: section(trainingSchema),
  calibration: section(
    z.strictObject({ method: z.enum(['none', 'temperature', 'sigmoid', 'isotonic']).default('sigmoid') }),
  ),
  gate: section(gateSchema),
  improvement: section(improvementSchema),
  approval: section(approvalSchema),
  serving: section(servingSchema),
  rollout: section(rolloutSchema),
  alerts: section(alertsSchema),
});

/** As parsed, before values that default to other fields are filled in. */
export type ParsedPipeline = z.output<typeof pipelineSchema>;
