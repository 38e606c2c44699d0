import type { Transaction } from '@perennial/messaging';
import type { Incident, IncidentKind } from '../domain/incident';
import type { Watch } from '../domain/incident.decider';
import type { Notification } from '../domain/notification';

/** The incident with the correlation id of what opened it. */
export interface StoredAlert {
  incident: Incident;
  correlationId: string;
  revision: number;
}

export interface StoredWatch {
  watch: Watch;
  /** Of the open alert; null where none is open. */
  alert: StoredAlert | null;
  /** 0 before the first save. */
  revision: number;
}

export interface AlertFilter {
  pipeline?: string;
  state?: Incident['state'];
  limit: number;
}

/** Saves throw ConflictError when someone else saved first. */
export interface AlertStore {
  watch(pipeline: string, kind: IncidentKind, transaction: Transaction): Promise<StoredWatch>;
  saveWatch(pipeline: string, kind: IncidentKind, stored: StoredWatch, transaction: Transaction): Promise<void>;
  /** Whether an alert of this pipeline and kind, open or not, holds the failure. */
  holds(pipeline: string, kind: IncidentKind, key: string, transaction: Transaction): Promise<boolean>;
  saveAlert(alert: StoredAlert, transaction: Transaction): Promise<void>;
  /** Within the transaction where one is given. */
  alert(alertId: string, transaction?: Transaction): Promise<StoredAlert | null>;
  /** Newest first. */
  list(filter: AlertFilter): Promise<StoredAlert[]>;
}

export interface StoredNotification {
  notification: Notification;
  revision: number;
}

export interface NotificationStore {
  add(notifications: readonly Notification[], transaction: Transaction): Promise<void>;
  ofAlert(alertId: string, transaction?: Transaction): Promise<StoredNotification[]>;
  /** Pending ones whose next try is due at `now` (epoch ms), oldest first. */
  due(channel: string, now: number, limit: number): Promise<StoredNotification[]>;
  /** Throws ConflictError when someone else saved first. */
  save(stored: StoredNotification, transaction: Transaction): Promise<void>;
  /** Looks at it again at `until` (epoch ms). */
  defer(notificationId: string, until: number): Promise<void>;
}
