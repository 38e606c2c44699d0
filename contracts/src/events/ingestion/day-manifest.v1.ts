import { z } from 'zod';
import { defineEvent } from '../../define';
import { topics } from '../../topics';
import { count, day, name } from '../fields';

/** Says that the producer has pushed the whole day: `rows` distinct records. */
export const dayManifestV1 = defineEvent({
  subsystem: 'ingestion',
  name: 'day-manifest',
  version: 1,
  title: 'Day manifest',
  topic: topics.records,
  schema: z.object({ dataset: name, day, rows: count }),
  key: (data) => data.dataset,
});
