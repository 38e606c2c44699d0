import type { Transaction } from '@perennial/messaging';
import { saveByRevision, sessionOf } from '@perennial/messaging-mongo';
import type { Connection, Model } from 'mongoose';
import type { NotificationStore, StoredNotification } from '../application/alert.stores';
import type { Notification } from '../domain/notification';
import { notificationSchema, type NotificationDocument } from './alert.documents';

const stored = ({ _id, revision, ...fields }: NotificationDocument): StoredNotification => ({
  notification: { notificationId: _id, ...fields },
  revision,
});

export class MongoNotificationStore implements NotificationStore {
  private readonly notifications: Model<NotificationDocument>;

  constructor(connection: Connection) {
    this.notifications = connection.model<NotificationDocument>('alerting.Notification', notificationSchema);
  }

  /** Collections must exist before a transaction writes to them. */
  async prepare(): Promise<void> {
    await this.notifications.createCollection();
    await this.notifications.createIndexes();
  }

  async add(notifications: readonly Notification[], transaction: Transaction): Promise<void> {
    for (const notification of notifications) {
      await this.save({ notification, revision: 0 }, transaction);
    }
  }

  async ofAlert(alertId: string, transaction?: Transaction): Promise<StoredNotification[]> {
    const session = transaction && sessionOf(transaction);
    return (await this.notifications.find({ alertId }, null, { session }).lean<NotificationDocument[]>()).map(stored);
  }

  async due(channel: string, now: number, limit: number): Promise<StoredNotification[]> {
    const documents = await this.notifications
      .find({ channel, state: 'pending', nextTryAt: { $lte: now } })
      .sort({ createdAt: 1, _id: 1 })
      .limit(limit)
      .lean<NotificationDocument[]>();
    return documents.map(stored);
  }

  async save({ notification, revision }: StoredNotification, transaction: Transaction): Promise<void> {
    const { notificationId, ...fields } = notification;
    const document: NotificationDocument = { _id: notificationId, ...fields, revision };
    await saveByRevision(this.notifications.db, this.notifications.collection.name, document, sessionOf(transaction));
  }

  async defer(notificationId: string, until: number): Promise<void> {
    const change = { $set: { nextTryAt: until }, $inc: { revision: 1 } };
    await this.notifications.updateOne({ _id: notificationId, state: 'pending' }, change);
  }
}
