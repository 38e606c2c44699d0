import type { RecordProblem } from '@perennial/pipeline';
import type { Transaction } from '@perennial/messaging';
import { sessionOf } from '@perennial/messaging-mongo';
import { type Connection, type Model, type mongo, Schema } from 'mongoose';
import type { BatchKey, QuarantineEntry, QuarantineStore } from '../application/ports';
import type { QuarantinedRecord } from '../domain/sifting';

interface QuarantineDocument extends BatchKey {
  /** topic/partition/offset/index, digits padded so that ids sort by arrival. */
  _id: string;
  identity: string;
  /** JSON text: keys of foreign records may be ones that the database refuses. */
  problems: string;
  record: string;
  quarantinedAt: Date;
}

const MAX_RECORD_TEXT = 65_536;

const text = { type: String, required: true };

const quarantineSchema = new Schema<QuarantineDocument>(
  {
    _id: text,
    dataset: text,
    day: text,
    batch: { type: Number, required: true },
    identity: text,
    problems: text,
    record: text,
    quarantinedAt: { type: Date, required: true },
  },
  { versionKey: false, autoIndex: false, autoCreate: false },
).index({ dataset: 1, day: 1, batch: 1 });

const padded = (value: number): string => String(value).padStart(16, '0');

/** A record too long to keep whole is kept as the beginning of its text. */
function recordText(record: unknown): string {
  const json = JSON.stringify(record) ?? 'null';
  return json.length <= MAX_RECORD_TEXT ? json : JSON.stringify({ truncated: json.slice(0, MAX_RECORD_TEXT) });
}

export class MongoQuarantineStore implements QuarantineStore {
  private readonly records: Model<QuarantineDocument>;

  constructor(connection: Connection) {
    this.records = connection.model<QuarantineDocument>(
      'IngestionQuarantine',
      quarantineSchema,
      'ingestion_quarantine',
    );
  }

  async prepare(): Promise<void> {
    await this.records.createCollection();
    await this.records.createIndexes();
  }

  async append(
    key: BatchKey,
    stream: string,
    records: readonly QuarantinedRecord[],
    now: Date,
    transaction: Transaction,
  ): Promise<void> {
    if (records.length === 0) return;
    const documents = records.map(({ offset, index, identity, problems, record }) => ({
      _id: `${stream}/${padded(offset)}/${padded(index)}`,
      ...key,
      identity,
      problems: JSON.stringify(problems),
      record: recordText(record),
      quarantinedAt: now,
    }));
    await this.collection().insertMany(documents, { session: sessionOf(transaction) });
  }

  async *identities(key: BatchKey): AsyncGenerator<string> {
    const cursor = this.collection().find({ ...key }, { projection: { identity: 1 } });
    for await (const { identity } of cursor) yield identity;
  }

  async page(dataset: string, day: string, after: string | null, limit: number): Promise<QuarantineEntry[]> {
    const documents = await this.records
      .find({ dataset, day, ...(after === null ? {} : { _id: { $gt: after } }) })
      .sort({ _id: 1 })
      .limit(limit)
      .lean<QuarantineDocument[]>();
    return documents.map(({ _id, batch, problems, record, quarantinedAt }) => ({
      id: _id,
      batch,
      problems: JSON.parse(problems) as RecordProblem[],
      record: JSON.parse(record) as unknown,
      quarantinedAt,
    }));
  }

  private collection(): mongo.Collection<QuarantineDocument> {
    return this.records.collection as unknown as mongo.Collection<QuarantineDocument>;
  }
}
