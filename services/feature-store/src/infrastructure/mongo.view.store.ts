import type { Transaction } from '@perennial/messaging';
import { saveByRevision, sessionOf } from '@perennial/messaging-mongo';
import { type Connection, type Model, type mongo, Schema } from 'mongoose';
import type { PassedBatch, StoredView, ViewBatch, ViewStore } from '../application/ports';
import type { FeatureView } from '../domain/feature.view';

type ViewDocument = FeatureView & { _id: string; revision: number };
type BatchDocument = ViewBatch & { _id: string };

const VIEWS = 'feature_views';
const text = { type: String, required: true };
const number = { type: Number, required: true };
const mixed = { type: Schema.Types.Mixed, required: true };
const options = { versionKey: false as const, minimize: false, autoIndex: false, autoCreate: false };

const viewSchema = new Schema(
  { _id: text, name: text, dataset: text, owner: String, versions: [mixed], revision: number },
  options,
);

const batchSchema = new Schema(
  {
    _id: text,
    view: text,
    version: number,
    batchId: text,
    day: text,
    correctionOf: String,
    rows: number,
    labelledRows: number,
    quality: mixed,
    lineage: mixed,
    addedAt: { type: Date, required: true },
  },
  options,
).index({ view: 1, version: 1, day: 1 });

const batchKey = (view: string, version: number, batchId: string): string => `${view}@${version}/${batchId}`;

export class MongoViewStore implements ViewStore {
  private readonly views: Model<object>;
  private readonly viewBatches: Model<object>;

  constructor(private readonly connection: Connection) {
    this.views = connection.model<object>('FeatureView', viewSchema as never, VIEWS);
    this.viewBatches = connection.model<object>('FeatureViewBatch', batchSchema as never, 'feature_view_batches');
  }

  /** Transactions write to collections that exist already. */
  async prepare(): Promise<void> {
    for (const model of [this.views, this.viewBatches]) {
      await model.createCollection();
      await model.createIndexes();
    }
  }

  async load(name: string, transaction?: Transaction): Promise<StoredView | null> {
    const session = transaction ? sessionOf(transaction) : undefined;
    const found = await this.viewDocuments().findOne({ _id: name }, { session });
    if (!found) return null;
    const { _id, revision, ...view } = found;
    return { view, revision };
  }

  async save(view: FeatureView, revision: number | null, transaction: Transaction): Promise<void> {
    const document: ViewDocument = { _id: view.name, ...view, revision: revision ?? 0 };
    await saveByRevision(this.connection, VIEWS, document, sessionOf(transaction));
  }

  async list(): Promise<FeatureView[]> {
    const found = await this.viewDocuments().find().sort({ _id: 1 }).toArray();
    return found.map(({ _id, revision: _revision, ...view }) => view);
  }

  async putBatch(batch: ViewBatch, transaction: Transaction): Promise<void> {
    const _id = batchKey(batch.view, batch.version, batch.batchId);
    await this.batchDocuments().replaceOne({ _id }, batch, { upsert: true, session: sessionOf(transaction) });
  }

  async batches(view: string, version: number): Promise<ViewBatch[]> {
    const found = await this.batchDocuments().find({ view, version }).sort({ day: 1, _id: 1 }).toArray();
    return found.map(({ _id, ...batch }) => batch);
  }

  async find(view: string, version: number, batchIds: readonly string[]): Promise<ViewBatch[]> {
    const ids = batchIds.map((batchId) => batchKey(view, version, batchId));
    const found = await this.batchDocuments()
      .find({ _id: { $in: ids } })
      .toArray();
    return found.map(({ _id, ...batch }) => batch);
  }

  async passed(view: string): Promise<PassedBatch[]> {
    const projection = { batchId: 1, version: 1, day: 1, addedAt: 1, 'lineage.processed': 1 };
    const found = await this.batchDocuments().find({ view, 'quality.verdict': 'passed' }, { projection }).toArray();
    return found.map(({ batchId, version, day, addedAt, lineage: { processed } }) => ({
      ...{ batchId, version, day, addedAt, processed },
    }));
  }

  private viewDocuments(): mongo.Collection<ViewDocument> {
    return this.views.collection as unknown as mongo.Collection<ViewDocument>;
  }

  private batchDocuments(): mongo.Collection<BatchDocument> {
    return this.viewBatches.collection as unknown as mongo.Collection<BatchDocument>;
  }
}
