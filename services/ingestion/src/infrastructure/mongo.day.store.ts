import { ConflictError, type Transaction } from '@perennial/messaging';
import { sessionOf } from '@perennial/messaging-mongo';
import { type Connection, type Model, mongo } from 'mongoose';
import type { DayStore, StoredDay } from '../application/ports';
import { type Day, dayId } from '../domain/day';
import { type DayDocument, daySchema, toDay, toDocument } from './day.document';

const DUPLICATE_KEY = 11000;

export class MongoDayStore implements DayStore {
  private readonly days: Model<DayDocument>;

  constructor(connection: Connection) {
    this.days = connection.model<DayDocument>('IngestionDay', daySchema, 'ingestion_days');
  }

  /** Transactions write to collections that exist already. */
  async prepare(): Promise<void> {
    await this.days.createCollection();
    await this.days.createIndexes();
  }

  async load(dataset: string, day: string, transaction?: Transaction): Promise<StoredDay | null> {
    const session = transaction ? sessionOf(transaction) : null;
    const document = await this.days.findById(dayId(dataset, day)).session(session).lean<DayDocument>();
    return document && { day: toDay(document), revision: document.revision };
  }

  async save(day: Day, revision: number | null, dueAt: Date | null, transaction: Transaction): Promise<void> {
    const session = sessionOf(transaction);
    const document = toDocument(day, (revision ?? 0) + 1, dueAt);
    if (revision === null) return this.insert(document, session);
    const { modifiedCount } = await this.days.replaceOne({ _id: document._id, revision }, document, { session });
    if (modifiedCount !== 1) throw changedMeanwhile(document._id);
  }

  async due(now: Date, limit: number): Promise<{ dataset: string; day: string }[]> {
    const filter = { dueAt: { $ne: null, $lte: now } };
    return this.days
      .find(filter, { dataset: 1, day: 1 })
      .sort({ dueAt: 1 })
      .limit(limit)
      .lean<{ dataset: string; day: string }[]>();
  }

  async makeOpenDaysDue(now: Date): Promise<void> {
    await this.days.updateMany({ open: true }, { $set: { dueAt: now } });
  }

  async list(dataset: string, limit: number): Promise<Day[]> {
    const documents = await this.days.find({ dataset }).sort({ day: -1 }).limit(limit).lean<DayDocument[]>();
    return documents.map(toDay);
  }

  private async insert(document: DayDocument, session: mongo.ClientSession): Promise<void> {
    try {
      await this.days.insertMany([document], { session });
    } catch (error) {
      if ((error as { code?: unknown }).code === DUPLICATE_KEY) throw changedMeanwhile(document._id);
      throw error;
    }
  }
}

const changedMeanwhile = (id: string): ConflictError =>
  new ConflictError(`${id} was changed meanwhile`, { details: { collection: 'ingestion_days', id } });
