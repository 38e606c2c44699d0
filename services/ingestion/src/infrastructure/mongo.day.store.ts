import type { Transaction } from '@perennial/messaging';
import { saveByRevision, sessionOf } from '@perennial/messaging-mongo';
import type { Connection, Model } from 'mongoose';
import type { DayStore, StoredDay } from '../application/ports';
import { type Day, dayId } from '../domain/day';
import { type DayDocument, daySchema, toDay, toDocument } from './day.document';

const COLLECTION = 'ingestion_days';

export class MongoDayStore implements DayStore {
  private readonly days: Model<DayDocument>;

  constructor(private readonly connection: Connection) {
    this.days = connection.model<DayDocument>('IngestionDay', daySchema, COLLECTION);
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
    const document = toDocument(day, revision ?? 0, dueAt);
    await saveByRevision(this.connection, COLLECTION, document, sessionOf(transaction));
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
}
