import type { Transaction } from '@perennial/messaging';
import { saveByRevision, sessionOf } from '@perennial/messaging-mongo';
import type { Connection, Model } from 'mongoose';
import type { AlertFilter, AlertStore, StoredAlert, StoredWatch } from '../application/alert.stores';
import type { IncidentKind } from '../domain/incident';
import { alertSchema, watchSchema, type AlertDocument, type WatchDocument } from './alert.documents';

const stored = ({ _id, correlationId, revision, ...incident }: AlertDocument): StoredAlert => ({
  incident: { alertId: _id, ...incident },
  correlationId,
  revision,
});

export class MongoAlertStore implements AlertStore {
  private readonly alerts: Model<AlertDocument>;
  private readonly watches: Model<WatchDocument>;

  constructor(connection: Connection) {
    this.alerts = connection.model<AlertDocument>('alerting.Alert', alertSchema);
    this.watches = connection.model<WatchDocument>('alerting.Watch', watchSchema);
  }

  /** Collections must exist before a transaction writes to them. */
  async prepare(): Promise<void> {
    for (const model of [this.alerts, this.watches] as unknown as Model<unknown>[]) {
      await model.createCollection();
      await model.createIndexes();
    }
  }

  async watch(pipeline: string, kind: IncidentKind, transaction: Transaction): Promise<StoredWatch> {
    const session = sessionOf(transaction);
    const watch = await this.watches.findById(`${pipeline}/${kind}`, null, { session }).lean<WatchDocument>();
    if (!watch) return { watch: { open: null, recovered: null }, alert: null, revision: 0 };
    const alert = watch.openAlertId === null ? null : await this.alert(watch.openAlertId, transaction);
    const { recovered, revision } = watch;
    return { watch: { open: alert?.incident ?? null, recovered }, alert, revision };
  }

  async saveWatch(pipeline: string, kind: IncidentKind, { watch, revision }: StoredWatch, transaction: Transaction) {
    const openAlertId = watch.open?.alertId ?? null;
    const document: WatchDocument = { _id: `${pipeline}/${kind}`, openAlertId, recovered: watch.recovered, revision };
    await saveByRevision(this.watches.db, this.watches.collection.name, document, sessionOf(transaction));
  }

  async holds(pipeline: string, kind: IncidentKind, key: string, transaction: Transaction): Promise<boolean> {
    const filter = { pipeline, kind, 'occurrences.key': key };
    return (await this.alerts.exists(filter as never).session(sessionOf(transaction))) !== null;
  }

  async saveAlert({ incident, correlationId, revision }: StoredAlert, transaction: Transaction): Promise<void> {
    const { alertId, ...fields } = incident;
    const document: AlertDocument = { _id: alertId, ...fields, correlationId, revision };
    await saveByRevision(this.alerts.db, this.alerts.collection.name, document, sessionOf(transaction));
  }

  async alert(alertId: string, transaction?: Transaction): Promise<StoredAlert | null> {
    const session = transaction && sessionOf(transaction);
    const document = await this.alerts.findById(alertId, null, { session }).lean<AlertDocument>();
    return document && stored(document);
  }

  async list({ pipeline, state, limit }: AlertFilter): Promise<StoredAlert[]> {
    const filter = { ...(pipeline === undefined ? {} : { pipeline }), ...(state === undefined ? {} : { state }) };
    const documents = await this.alerts.find(filter).sort({ openedAt: -1 }).limit(limit).lean<AlertDocument[]>();
    return documents.map(stored);
  }
}
