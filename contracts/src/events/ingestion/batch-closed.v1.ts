import { z } from 'zod';
import { defineEvent } from '../../define';
import { topics } from '../../topics';
import { count, day, fileReference, instant, name } from '../fields';

/** A day (or a correction of one) is complete and stored. */
export const batchClosedV1 = defineEvent({
  subsystem: 'ingestion',
  name: 'batch-closed',
  version: 1,
  title: 'Batch closed',
  topic: topics.batches,
  schema: z.object({
    batchId: z.string().min(1),
    dataset: name,
    day,
    /** The batch id of the day that these late records correct, or null for the day itself. */
    correctionOf: z.string().nullable(),
    raw: fileReference,
    rows: z.object({
      received: count,
      accepted: count,
      quarantined: count,
      duplicates: count,
      expected: count.nullable(),
    }),
    closedBy: z.enum(['manifest', 'schedule', 'row-count', 'grace']),
    /** False when the grace period ended before every announced row had come. */
    complete: z.boolean(),
    closedAt: instant,
  }),
  key: (data) => data.dataset,
  subject: (data) => data.batchId,
});
