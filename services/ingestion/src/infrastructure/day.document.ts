import { Schema } from 'mongoose';
import type { Batch, Day } from '../domain/day';

export interface DayDocument {
  _id: string;
  dataset: string;
  day: string;
  revision: number;
  /** A list, as stream names hold dots. */
  watermarks: { stream: string; offset: number }[];
  batches: Batch[];
  /** Some batch is collecting or closing. */
  open: boolean;
  dueAt: Date | null;
}

const instant = { type: Date, required: true };
const count = { type: Number, required: true };

const batchSchema = new Schema(
  {
    number: count,
    state: { type: String, required: true },
    rows: count,
    quarantined: count,
    manifest: { type: new Schema({ rows: count, at: instant }, { _id: false }), default: null },
    openedAt: instant,
    lastRowAt: instant,
    counted: { type: new Schema({ received: count, distinct: count }, { _id: false }), default: null },
    closedBy: { type: String, default: null },
    outcome: { type: Schema.Types.Mixed, default: null },
  },
  { _id: false },
);

export const daySchema = new Schema<DayDocument>(
  {
    _id: { type: String, required: true },
    dataset: { type: String, required: true },
    day: { type: String, required: true },
    revision: count,
    watermarks: [new Schema({ stream: { type: String, required: true }, offset: count }, { _id: false })],
    batches: [batchSchema] as never,
    open: { type: Boolean, required: true },
    dueAt: { type: Date, default: null },
  },
  { versionKey: false, autoIndex: false, autoCreate: false },
)
  .index({ dueAt: 1 })
  .index({ dataset: 1, day: -1 });

export function toDay({ dataset, day, watermarks, batches }: DayDocument): Day {
  return {
    dataset,
    day,
    watermarks: Object.fromEntries(watermarks.map(({ stream, offset }) => [stream, offset])),
    batches,
  };
}

export function toDocument(day: Day, revision: number, dueAt: Date | null): DayDocument {
  return {
    _id: `${day.dataset}/${day.day}`,
    dataset: day.dataset,
    day: day.day,
    revision,
    watermarks: Object.entries(day.watermarks).map(([stream, offset]) => ({ stream, offset })),
    batches: day.batches,
    open: day.batches.some(({ state }) => state === 'collecting' || state === 'closing'),
    dueAt,
  };
}
