import { z } from 'zod';
import { defineEvent } from '../../define';
import { topics } from '../../topics';
import { count, day, fileReference, name } from '../fields';

export const qualityFinding = z.object({
  check: z.string(),
  column: z.string().optional(),
  observed: z.number(),
  limit: z.number(),
  severity: z.enum(['warning', 'failure']),
});

/** A batch was cleaned, judged on data quality, and encoded by the fitted preprocessing. */
export const batchPreparedV1 = defineEvent({
  subsystem: 'preprocessing',
  name: 'batch-prepared',
  version: 1,
  title: 'Batch prepared',
  topic: topics.preparedBatches,
  schema: z.object({
    batchId: z.string().min(1),
    dataset: name,
    day,
    correctionOf: z.string().nullable(),
    metadataId: z.string().min(1),
    processed: fileReference,
    rows: count,
    labelledRows: count,
    quality: z.object({ verdict: z.enum(['passed', 'failed']), findings: z.array(qualityFinding) }),
    sources: z.object({ raw: fileReference }),
  }),
  key: (data) => data.dataset,
  subject: (data) => data.batchId,
});

export type QualityFinding = z.infer<typeof qualityFinding>;
