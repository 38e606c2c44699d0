import type { Transaction } from '@perennial/messaging';
import { sessionOf } from '@perennial/messaging-mongo';
import type { Connection, Model } from 'mongoose';
import type { BatchStore, Performance, PerformanceStore } from '../application/cycle.stores';
import type { BatchFacts } from '../domain/batch.window';
import { createCollections } from './collections';
import { batchSchema, performanceSchema, type BatchDocument, type PerformanceDocument } from './cycle.documents';

export class MongoBatchStore implements BatchStore {
  private readonly batches: Model<BatchDocument>;

  constructor(connection: Connection) {
    this.batches = connection.model<BatchDocument>('evaluator.Batch', batchSchema);
  }

  prepare(): Promise<void> {
    return createCollections([this.batches]);
  }

  async record(batch: BatchFacts, transaction: Transaction): Promise<void> {
    const _id = `${batch.view}/${batch.batchId}`;
    const options = { session: sessionOf(transaction), upsert: true };
    await this.batches.replaceOne({ _id }, batch as never, options);
  }

  async ofView(view: string, transaction: Transaction): Promise<BatchFacts[]> {
    const session = sessionOf(transaction);
    const found = await this.batches.find({ view }, null, { session }).lean<BatchDocument[]>();
    return found.map(({ _id, ...batch }) => batch);
  }
}

export class MongoPerformanceStore implements PerformanceStore {
  private readonly performance: Model<PerformanceDocument>;

  constructor(connection: Connection) {
    this.performance = connection.model<PerformanceDocument>('evaluator.Performance', performanceSchema);
  }

  prepare(): Promise<void> {
    return createCollections([this.performance]);
  }

  async add(performance: Performance, transaction: Transaction): Promise<void> {
    const { cycleId, role, attempt } = performance;
    const document = { _id: `${cycleId}/${role}/${attempt}`, ...performance };
    await this.performance.insertMany([document as never], { session: sessionOf(transaction) });
  }

  async ofPipeline(pipeline: string, limit: number): Promise<Performance[]> {
    const found = this.performance.find({ pipeline }).sort({ day: -1, attempt: 1 }).limit(limit);
    return (await found.lean<PerformanceDocument[]>()).map(({ _id, ...performance }) => performance);
  }
}
