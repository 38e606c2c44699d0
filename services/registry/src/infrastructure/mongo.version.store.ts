import type { Transaction } from '@perennial/messaging';
import { saveByRevision, sessionOf } from '@perennial/messaging-mongo';
import type { Connection, Model } from 'mongoose';
import type { StoredVersion, VersionStore } from '../application/ports';
import type { ModelVersion } from '../domain/model.version';
import { toDocument, toStored, type VersionDocument, versionSchema } from './version.document';

const COLLECTION = 'model_metadata';

const sessionOrNone = (transaction?: Transaction) => (transaction ? sessionOf(transaction) : null);

export class MongoVersionStore implements VersionStore {
  private readonly versions: Model<VersionDocument>;

  constructor(private readonly connection: Connection) {
    this.versions = connection.model<VersionDocument>('ModelVersion', versionSchema, COLLECTION);
  }

  /** Transactions write to collections that exist already. */
  async prepare(): Promise<void> {
    await this.versions.createCollection();
    await this.versions.createIndexes();
  }

  load(pipeline: string, version: string, transaction?: Transaction): Promise<StoredVersion | null> {
    return this.one({ pipeline, version }, transaction);
  }

  ofAttempt(pipeline: string, cycleId: string, attempt: number, transaction: Transaction) {
    return this.one({ pipeline, cycle_id: cycleId, attempt }, transaction);
  }

  /** Names go on with an underscore or end, so the character after the underscore bounds them. */
  async taken(pipeline: string, prefix: string, transaction: Transaction): Promise<string[]> {
    const found = await this.versions
      .find({ pipeline, version: { $gte: prefix, $lt: `${prefix}\`` } }, { version: 1 })
      .session(sessionOf(transaction))
      .lean<{ version: string }[]>();
    return found.map(({ version }) => version);
  }

  async inProduction(pipeline: string, transaction: Transaction): Promise<StoredVersion[]> {
    const found = await this.versions
      .find({ pipeline, state: 'production' })
      .session(sessionOf(transaction))
      .lean<VersionDocument[]>();
    return found.map(toStored);
  }

  async save(stored: StoredVersion, transaction: Transaction): Promise<void> {
    await saveByRevision(this.connection, COLLECTION, toDocument(stored), sessionOf(transaction));
  }

  async list(pipeline: string, limit: number): Promise<ModelVersion[]> {
    const found = await this.versions
      .find({ pipeline })
      .sort({ registered_at: -1, version: -1 })
      .limit(limit)
      .lean<VersionDocument[]>();
    return found.map((document) => toStored(document).version);
  }

  async ofRun(runIds: readonly string[]): Promise<ModelVersion | null> {
    return (await this.one({ run_id: { $in: runIds } }))?.version ?? null;
  }

  private async one(filter: object, transaction?: Transaction): Promise<StoredVersion | null> {
    const found = await this.versions.findOne(filter).session(sessionOrNone(transaction)).lean<VersionDocument>();
    return found && toStored(found);
  }
}
