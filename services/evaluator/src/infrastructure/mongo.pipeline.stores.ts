import type { Transaction } from '@perennial/messaging';
import { saveByRevision, sessionOf } from '@perennial/messaging-mongo';
import type { Connection, Model } from 'mongoose';
import type { LaneStore, ServingModelStore, StoredLane, StoredServingModel } from '../application/cycle.stores';
import { emptyLane } from '../domain/pipeline.lane';
import type { ServingModel } from '../domain/serving.model';
import { createCollections } from './collections';
import { laneSchema, servingSchema, type LaneDocument, type ServingDocument } from './cycle.documents';

export class MongoLaneStore implements LaneStore {
  private readonly lanes: Model<LaneDocument>;

  constructor(connection: Connection) {
    this.lanes = connection.model<LaneDocument>('evaluator.Lane', laneSchema);
  }

  prepare(): Promise<void> {
    return createCollections([this.lanes]);
  }

  async load(pipeline: string, transaction: Transaction): Promise<StoredLane> {
    const session = sessionOf(transaction);
    const document = await this.lanes.findById(pipeline, null, { session }).lean<LaneDocument>();
    if (!document) return { lane: emptyLane(pipeline), revision: 0 };
    const { active, queue, awaiting, revision } = document;
    return { lane: { pipeline, active, queue, awaiting }, revision };
  }

  async save({ lane, revision }: StoredLane, transaction: Transaction): Promise<void> {
    const { pipeline, ...fields } = lane;
    const document: LaneDocument = { _id: pipeline, ...fields, revision };
    await saveByRevision(this.lanes.db, this.lanes.collection.name, document, sessionOf(transaction));
  }

  async startable(now: number): Promise<string[]> {
    const idle = { active: null, 'queue.0': { $exists: true } };
    const waited = { 'awaiting.until': { $lte: now } };
    const filter = { $or: [{ ...idle, awaiting: null }, waited] };
    const found = await this.lanes.find(filter as never, { _id: 1 }).lean<{ _id: string }[]>();
    return found.map(({ _id }) => _id);
  }
}

export class MongoServingModelStore implements ServingModelStore {
  private readonly models: Model<ServingDocument>;

  constructor(connection: Connection) {
    this.models = connection.model<ServingDocument>('evaluator.ServingModel', servingSchema);
  }

  prepare(): Promise<void> {
    return createCollections([this.models]);
  }

  async load(pipeline: string, transaction?: Transaction): Promise<StoredServingModel> {
    const session = transaction && sessionOf(transaction);
    const document = await this.models.findById(pipeline, null, { session }).lean<ServingDocument>();
    if (!document) return { serving: null, revision: 0 };
    const { version, model, rolloutId, sequence, revision } = document;
    return { serving: { pipeline, version, model, rolloutId, sequence }, revision };
  }

  async save({ pipeline, ...fields }: ServingModel, revision: number, transaction: Transaction): Promise<void> {
    const document: ServingDocument = { _id: pipeline, ...fields, revision };
    await saveByRevision(this.models.db, this.models.collection.name, document, sessionOf(transaction));
  }
}
