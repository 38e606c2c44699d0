import { Schema } from 'mongoose';
import type { Performance, RecordedEvent, StoredCycle } from '../application/cycle.stores';
import type { BatchFacts } from '../domain/batch.window';
import type { Cycle } from '../domain/cycle.state';
import type { Lane } from '../domain/pipeline.lane';
import type { ServingModel } from '../domain/serving.model';
import type { Revisioned as Revised } from '@perennial/messaging-mongo';

const { Mixed } = Schema.Types;
const options = { versionKey: false, minimize: false, autoCreate: false, autoIndex: false } as const;
const text = { type: String, required: true } as const;
const optionalText = { type: String, default: null } as const;
const number = { type: Number, required: true } as const;
const mixed = { type: Mixed, default: null } as const;

export type CycleDocument = Revised &
  Omit<Cycle, 'cycleId'> & {
    /** Of the running attempt, epoch milliseconds. */
    deadline: number | null;
  } & Pick<StoredCycle, 'correlationId' | 'causationId' | 'trace' | 'queuedAt' | 'updatedAt'>;

export const cycleSchema = new Schema<CycleDocument>(
  {
    _id: text,
    pipeline: text,
    day: text,
    status: text,
    batch: { type: Mixed, required: true },
    terms: mixed,
    incumbentJudgement: mixed,
    attempts: { type: [Mixed], required: true },
    deadline: { type: Number, default: null },
    sequence: number,
    correlationId: text,
    causationId: optionalText,
    trace: { type: Mixed },
    queuedAt: number,
    updatedAt: number,
    revision: number,
  } as never,
  { ...options, collection: 'evaluation_cycles' },
)
  .index({ pipeline: 1, day: -1 })
  .index({ status: 1, updatedAt: 1 })
  .index({ status: 1, deadline: 1 });

export type EventDocument = RecordedEvent & { _id: string; pipeline: string; day: string };

export const eventSchema = new Schema<EventDocument>(
  {
    _id: text,
    cycleId: text,
    pipeline: text,
    day: text,
    sequence: number,
    type: text,
    data: { type: Mixed, required: true },
    at: text,
    causationId: optionalText,
  } as never,
  { ...options, collection: 'evaluation_events' },
).index({ cycleId: 1, sequence: 1 }, { unique: true });

export type LaneDocument = Revised & Omit<Lane, 'pipeline'>;

export const laneSchema = new Schema<LaneDocument>(
  {
    _id: text,
    active: optionalText,
    queue: { type: [String], required: true },
    awaiting: mixed,
    revision: number,
  } as never,
  { ...options, collection: 'evaluation_lanes' },
);

export type BatchDocument = BatchFacts & { _id: string };

export const batchSchema = new Schema<BatchDocument>(
  {
    _id: text,
    batchId: text,
    day: text,
    correctionOf: optionalText,
    view: text,
    viewVersion: number,
    metadataId: text,
    rows: number,
    labelledRows: number,
    quality: { type: Mixed, required: true },
    raw: { type: Mixed, required: true },
  } as never,
  { ...options, collection: 'evaluation_batches' },
).index({ view: 1, day: 1 });

export type ServingDocument = Revised & Omit<ServingModel, 'pipeline'>;

export const servingSchema = new Schema<ServingDocument>(
  {
    _id: text,
    version: text,
    model: { type: Mixed, required: true },
    rolloutId: text,
    sequence: number,
    revision: number,
  } as never,
  { ...options, collection: 'serving_models' },
);

export type PerformanceDocument = Performance & { _id: string };

export const performanceSchema = new Schema<PerformanceDocument>(
  {
    _id: text,
    cycleId: text,
    pipeline: text,
    day: text,
    role: text,
    attempt: number,
    version: optionalText,
    runId: optionalText,
    decisionThreshold: number,
    view: text,
    viewVersion: number,
    batchId: text,
    holdoutRows: number,
    metrics: { type: Mixed, required: true },
    verdict: { type: Mixed, required: true },
    judgedAt: text,
  } as never,
  { ...options, collection: 'performance_metrics' },
).index({ pipeline: 1, day: -1, attempt: 1 });
