import { z } from 'zod';
import { defineEvent } from '../../define';
import { topics } from '../../topics';
import { count, day, digest, fileReference, name } from '../fields';

/** The view can be read with the new batch in it. */
export const viewUpdatedV1 = defineEvent({
  subsystem: 'features',
  name: 'view-updated',
  version: 1,
  title: 'View updated',
  topic: topics.views,
  schema: z.object({
    view: name,
    viewVersion: z.int().min(1),
    dataset: name,
    day,
    batchId: z.string().min(1),
    correctionOf: z.string().nullable(),
    schemaDigest: digest,
    rows: count,
    labelledRows: count,
    quality: z.object({ verdict: z.enum(['passed', 'failed']), findings: z.array(z.string()) }),
    lineage: z.object({ raw: fileReference, processed: fileReference, metadataId: z.string() }),
  }),
  key: (data) => data.view,
  subject: (data) => `${data.view}/${data.batchId}`,
});
