import { z } from 'zod';
import { defineEvent } from '../../define';
import { topics } from '../../topics';
import { alertFields, alertSubject, byPipeline } from './alert-fields';

export const alertResolvedV1 = defineEvent({
  subsystem: 'alerting',
  name: 'alert-resolved',
  version: 1,
  title: 'Alert resolved',
  topic: topics.alerts,
  schema: z.object({
    ...alertFields,
    resolvedBy: z.string().describe('The cycle or person that resolved it'),
    summary: z.string(),
  }),
  key: byPipeline,
  subject: alertSubject,
});
