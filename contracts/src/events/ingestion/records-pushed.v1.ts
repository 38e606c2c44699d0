import { z } from 'zod';
import { defineEvent } from '../../define';
import { topics } from '../../topics';
import { day, name } from '../fields';

/** One record, or an array of records, of one day of one dataset. Each record is judged on its own. */
export const recordsPushedV1 = defineEvent({
  subsystem: 'ingestion',
  name: 'records-pushed',
  version: 1,
  title: 'Records pushed',
  topic: topics.records,
  schema: z.object({
    dataset: name,
    day,
    records: z.array(z.record(z.string(), z.unknown())).min(1).max(10_000),
  }),
  key: (data) => data.dataset,
});
