import type { Transaction } from '@perennial/messaging';
import { saveByRevision, sessionOf } from '@perennial/messaging-mongo';
import type { Connection, Model } from 'mongoose';
import type { CycleFilter, CycleStore, RecordedEvent, StoredCycle } from '../application/cycle.stores';
import { runningDeadline, type CycleStatus } from '../domain/cycle.state';
import { cycleSchema, eventSchema, type CycleDocument, type EventDocument } from './cycle.documents';
import { createCollections } from './collections';

const stored = (document: CycleDocument): StoredCycle => {
  const { _id, correlationId, causationId, trace, queuedAt, updatedAt, revision, deadline: _, ...cycle } = document;
  return { cycle: { cycleId: _id, ...cycle }, correlationId, causationId, trace, queuedAt, updatedAt, revision };
};

export class MongoCycleStore implements CycleStore {
  private readonly cycles: Model<CycleDocument>;
  private readonly recorded: Model<EventDocument>;

  constructor(connection: Connection) {
    this.cycles = connection.model<CycleDocument>('evaluator.Cycle', cycleSchema);
    this.recorded = connection.model<EventDocument>('evaluator.Event', eventSchema);
  }

  prepare(): Promise<void> {
    return createCollections([this.cycles, this.recorded]);
  }

  async load(cycleId: string, transaction: Transaction): Promise<StoredCycle | null> {
    const session = sessionOf(transaction);
    const document = await this.cycles.findById(cycleId, null, { session }).lean<CycleDocument>();
    return document && stored(document);
  }

  async save({ cycle, revision, ...rest }: StoredCycle, events: readonly RecordedEvent[], transaction: Transaction) {
    const session = sessionOf(transaction);
    const { cycleId, ...fields } = cycle;
    const deadline = runningDeadline(cycle);
    const document: CycleDocument = { _id: cycleId, ...fields, deadline, ...rest, revision };
    await saveByRevision(this.cycles.db, this.cycles.collection.name, document, session);
    const { pipeline, day } = cycle;
    const documents = events.map((event) => ({ _id: `${cycleId}#${event.sequence}`, pipeline, day, ...event }));
    if (documents.length > 0) await this.recorded.insertMany(documents as never[], { session });
  }

  async find(cycleId: string): Promise<StoredCycle | null> {
    const document = await this.cycles.findById(cycleId).lean<CycleDocument>();
    return document && stored(document);
  }

  async list({ pipeline, limit }: CycleFilter): Promise<StoredCycle[]> {
    const filter = pipeline === undefined ? {} : { pipeline };
    const found = this.cycles.find(filter).sort({ day: -1, pipeline: 1 }).limit(limit);
    return (await found.lean<CycleDocument[]>()).map(stored);
  }

  async inStatus(statuses: readonly CycleStatus[], limit: number, except: readonly string[] = []) {
    const filter = { status: { $in: [...statuses] }, ...(except.length > 0 && { _id: { $nin: [...except] } }) };
    const found = this.cycles.find(filter as never).sort({ updatedAt: 1 });
    return (await found.limit(limit).lean<CycleDocument[]>()).map(stored);
  }

  async overdue(now: number, limit: number): Promise<string[]> {
    const filter = { status: 'improving', deadline: { $lte: now } };
    const found = this.cycles
      .find(filter as never, { _id: 1 })
      .sort({ deadline: 1 })
      .limit(limit);
    return (await found.lean<{ _id: string }[]>()).map(({ _id }) => _id);
  }

  async events(cycleId: string): Promise<RecordedEvent[]> {
    const found = await this.recorded.find({ cycleId }).sort({ sequence: 1 }).lean<EventDocument[]>();
    return found.map(({ sequence, type, data, at, causationId }) => ({
      cycleId,
      sequence,
      type,
      data,
      at,
      causationId,
    }));
  }
}
