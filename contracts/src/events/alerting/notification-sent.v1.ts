import { z } from 'zod';
import { defineEvent } from '../../define';
import { topics } from '../../topics';
import { alertFields, alertSubject, byPipeline } from './alert-fields';

export const notificationSentV1 = defineEvent({
  subsystem: 'alerting',
  name: 'notification-sent',
  version: 1,
  title: 'Notification sent',
  topic: topics.alerts,
  schema: z.object({
    ...alertFields,
    notificationId: z.string(),
    channel: z.string(),
    action: z.enum(['trigger', 'resolve']),
    tries: z.int().min(1),
  }),
  key: byPipeline,
  subject: alertSubject,
});
