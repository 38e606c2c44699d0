import { Schema } from 'mongoose';
import type { Incident } from '../domain/incident';
import type { Watch } from '../domain/incident.decider';
import type { Notification } from '../domain/notification';
import type { Revisioned as Revised } from '@perennial/messaging-mongo';

const { Mixed } = Schema.Types;
const options = { versionKey: false, minimize: false, autoCreate: false, autoIndex: false } as const;
const text = { type: String, required: true } as const;
const optionalText = { type: String, default: null } as const;
const mixed = { type: Mixed, default: null } as const;

export type AlertDocument = Revised & Omit<Incident, 'alertId'> & { correlationId: string };

export const alertSchema = new Schema<AlertDocument>(
  {
    _id: text,
    pipeline: text,
    kind: text,
    dedupKey: text,
    severity: text,
    state: text,
    summary: text,
    details: { type: Mixed, required: true },
    evidence: { type: Mixed, required: true },
    openedAt: text,
    occurrences: { type: [Mixed], required: true },
    acknowledgement: mixed,
    resolution: mixed,
    correlationId: text,
    revision: { type: Number, required: true },
  } as never,
  { ...options, collection: 'alerts' },
)
  .index({ pipeline: 1, openedAt: -1 })
  .index({ pipeline: 1, kind: 1, 'occurrences.key': 1 });

export type WatchDocument = Revised & { openAlertId: string | null; recovered: Watch['recovered'] };

export const watchSchema = new Schema<WatchDocument>(
  { _id: text, openAlertId: optionalText, recovered: mixed, revision: { type: Number, required: true } } as never,
  { ...options, collection: 'alert_watches' },
);

export type NotificationDocument = Revised & Omit<Notification, 'notificationId'>;

const number = { type: Number, required: true } as const;

export const notificationSchema = new Schema<NotificationDocument>(
  {
    _id: text,
    alertId: text,
    channel: text,
    action: text,
    state: text,
    tries: number,
    nextTryAt: number,
    createdAt: number,
    reason: optionalText,
    lateUntil: { type: Number, default: null },
    revision: number,
  } as never,
  { ...options, collection: 'notifications' },
)
  .index({ alertId: 1 })
  .index({ channel: 1, state: 1, nextTryAt: 1 });
