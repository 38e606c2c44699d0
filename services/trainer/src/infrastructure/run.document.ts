import { Schema } from 'mongoose';
import type { RunOrigin, StoredRun } from '../application/ports';
import type { RunEvent } from '../domain/run.events';
import { isOver, type TrainingRun } from '../domain/training.run';

/** The run as decided, beside the fields that queries need. */
export interface RunDocument {
  _id: string;
  revision: number;
  pipeline: string;
  state: TrainingRun['state'];
  queuedAt: Date;
  notBefore: Date | null;
  readyAt: Date;
  claimedAt: Date | null;
  cycleId: string;
  /** The run is over, and files are still kept of it. */
  leftovers: boolean;
  origin: RunOrigin;
  run: TrainingRun;
}

export interface RunEventDocument {
  /** runId#sequence. */
  _id: string;
  runId: string;
  pipeline: string;
  sequence: number;
  type: RunEvent['type'];
  at: Date;
  data: RunEvent['data'];
}

const text = { type: String, required: true };
const number = { type: Number, required: true };
const options = { versionKey: false, minimize: false, autoIndex: false, autoCreate: false } as const;

export const runSchema = new Schema<RunDocument>(
  {
    _id: text,
    revision: number,
    pipeline: text,
    state: text as never,
    queuedAt: { type: Date, required: true },
    notBefore: { type: Date, default: null },
    readyAt: { type: Date, required: true },
    claimedAt: { type: Date, default: null },
    cycleId: text,
    leftovers: { type: Boolean, default: false },
    origin: Schema.Types.Mixed as never,
    run: Schema.Types.Mixed as never,
  },
  options,
)
  .index({ state: 1, queuedAt: 1 })
  .index({ pipeline: 1, queuedAt: -1 })
  .index({ claimedAt: 1 })
  .index({ cycleId: 1 })
  .index({ leftovers: 1 });

export const runEventSchema = new Schema<RunEventDocument>(
  {
    _id: text,
    runId: text,
    pipeline: text,
    sequence: number,
    type: text as never,
    at: { type: Date, required: true },
    data: Schema.Types.Mixed as never,
  },
  options,
).index({ runId: 1, sequence: 1 });

/** A run is plain JSON; an undefined field must not come back as null. */
const plain = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;

export function toDocument({ run, origin, revision }: StoredRun): RunDocument {
  return {
    _id: run.runId,
    revision,
    pipeline: run.request.pipeline,
    state: run.state,
    queuedAt: new Date(run.queuedAt),
    notBefore: run.notBefore === null ? null : new Date(run.notBefore),
    readyAt: new Date(run.readyAt),
    claimedAt: run.claimedAt === null ? null : new Date(run.claimedAt),
    cycleId: run.request.cycleId,
    leftovers: isOver(run) && run.kept.obsolete.length > 0,
    origin,
    run: plain(run),
  };
}

export const toStored = ({ run, origin, revision }: RunDocument): StoredRun => ({ run, origin, revision });

/** The run's sequence counts the events, these included. */
export function toEventDocuments(run: TrainingRun, events: readonly RunEvent[]): RunEventDocument[] {
  const { runId, request, sequence } = run;
  return events.map(({ type, at, data }, index) => {
    const own = sequence - events.length + index + 1;
    return {
      _id: `${runId}#${own}`,
      runId,
      pipeline: request.pipeline,
      sequence: own,
      type,
      at: new Date(at),
      data: plain(data),
    };
  });
}
