import type { Transaction } from '@perennial/messaging';
import { saveByRevision, sessionOf } from '@perennial/messaging-mongo';
import type { FittedPreprocessing } from '@perennial/preprocessing-steps';
import { type Connection, type Model, type mongo, Schema } from 'mongoose';
import type { Head, Metadata, MetadataStore } from '../application/ports';
import type { CurrentFit } from '../domain/preparation';

type Statistics = FittedPreprocessing['statistics'];

/** Statistics as a list: column names may hold dots, which field names must not. */
type StoredFit = Omit<FittedPreprocessing, 'statistics'> & { statistics: (Statistics[string] & { column: string })[] };

type MetadataDocument = Omit<Metadata, 'id' | 'fitted'> & { _id: string; kind: 'fit'; fitted: StoredFit };

/** One per dataset: which fit is in use. */
interface HeadDocument {
  _id: string;
  kind: 'head';
  dataset: string;
  current: CurrentFit | null;
  revision: number;
}

const COLLECTION = 'processing_metadata';
const text = { type: String, required: true };

const metadataSchema = new Schema(
  {
    _id: text,
    kind: { type: String, enum: ['fit', 'head'], required: true },
    dataset: text,
    version: Number,
    digest: String,
    referenceDay: String,
    batchId: String,
    fittedAt: Date,
    fitted: Schema.Types.Mixed,
    current: Schema.Types.Mixed,
    revision: Number,
  },
  { versionKey: false, minimize: false, autoIndex: false, autoCreate: false },
).index({ dataset: 1, version: 1 });

const headId = (dataset: string): string => `${dataset}@head`;

function toStored({ statistics, ...rest }: FittedPreprocessing): StoredFit {
  return { ...rest, statistics: Object.entries(statistics).map(([column, values]) => ({ column, ...values })) };
}

function fromStored({ statistics, ...rest }: StoredFit): FittedPreprocessing {
  return { ...rest, statistics: Object.fromEntries(statistics.map(({ column, ...values }) => [column, values])) };
}

export class MongoMetadataStore implements MetadataStore {
  private readonly documents: Model<object>;

  constructor(private readonly connection: Connection) {
    this.documents = connection.model<object>('ProcessingMetadata', metadataSchema as never, COLLECTION);
  }

  /** Transactions write to collections that exist already. */
  async prepare(): Promise<void> {
    await this.documents.createCollection();
    await this.documents.createIndexes();
  }

  async head(dataset: string, transaction?: Transaction): Promise<Head> {
    const session = transaction ? sessionOf(transaction) : undefined;
    const found = await this.collection<HeadDocument>().findOne({ _id: headId(dataset) }, { session });
    return found ? { current: found.current, revision: found.revision } : { current: null, revision: 0 };
  }

  async saveHead(dataset: string, { current, revision }: Head, transaction: Transaction): Promise<void> {
    const document: HeadDocument = { _id: headId(dataset), kind: 'head', dataset, current, revision };
    await saveByRevision(this.connection, COLLECTION, document, sessionOf(transaction));
  }

  async add({ id, fitted, ...rest }: Metadata, transaction: Transaction): Promise<void> {
    const document: MetadataDocument = { _id: id, kind: 'fit', ...rest, fitted: toStored(fitted) };
    await this.collection<MetadataDocument>().insertOne(document, {
      session: sessionOf(transaction),
      ignoreUndefined: true,
    });
  }

  async get(id: string, transaction?: Transaction): Promise<Metadata | null> {
    const session = transaction ? sessionOf(transaction) : undefined;
    const found = await this.collection<MetadataDocument>().findOne({ _id: id, kind: 'fit' }, { session });
    if (!found) return null;
    const { _id, kind: _kind, fitted, ...rest } = found;
    return { id: _id, ...rest, fitted: fromStored(fitted) };
  }

  private collection<T extends { _id: string }>(): mongo.Collection<T> {
    return this.documents.collection as unknown as mongo.Collection<T>;
  }
}
