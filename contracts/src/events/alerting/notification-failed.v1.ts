import { z } from 'zod';
import { defineEvent } from '../../define';
import { topics } from '../../topics';
import { alertFields, alertSubject, byPipeline } from './alert-fields';

/** A try failed. `final` says that no further try follows. */
export const notificationFailedV1 = defineEvent({
  subsystem: 'alerting',
  name: 'notification-failed',
  version: 1,
  title: 'Notification failed',
  topic: topics.alerts,
  schema: z.object({
    ...alertFields,
    notificationId: z.string(),
    channel: z.string(),
    action: z.enum(['trigger', 'resolve']),
    tries: z.int().min(1),
    reason: z.string(),
    final: z.boolean(),
  }),
  key: byPipeline,
  subject: alertSubject,
});
