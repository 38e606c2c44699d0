import { z } from 'zod';
import { defineEvent } from '../../define';
import { topics } from '../../topics';
import { severity } from '../fields';
import { alertFields, alertSubject, byPipeline } from './alert-fields';

export const alertRaisedV1 = defineEvent({
  subsystem: 'alerting',
  name: 'alert-raised',
  version: 1,
  title: 'Alert raised',
  topic: topics.alerts,
  schema: z.object({
    ...alertFields,
    kind: z.string().describe('For example MODEL_PERFORMANCE_FAILURE'),
    severity,
    summary: z.string().max(1024),
    details: z.record(z.string(), z.unknown()),
  }),
  key: byPipeline,
  subject: alertSubject,
});
