import { Schema } from 'mongoose';
import type { RunOrigin, StoredTask } from '../application/ports';
import type { TrialTask } from '../domain/trial.task';

/** The trial as decided, beside the fields that queries need. */
export interface TaskDocument {
  /** `<run>/<trial>.<rung>`. */
  _id: string;
  revision: number;
  runId: string;
  pipeline: string;
  state: TrialTask['state'];
  queuedAt: Date;
  notBefore: Date | null;
  readyAt: Date;
  claimedAt: Date | null;
  origin: RunOrigin;
  task: TrialTask;
}

const text = { type: String, required: true };
const instant = { type: Date, required: true };

export const taskSchema = new Schema<TaskDocument>(
  {
    _id: text,
    revision: { type: Number, required: true },
    runId: text,
    pipeline: text,
    state: text as never,
    queuedAt: instant,
    notBefore: { type: Date, default: null },
    readyAt: instant,
    claimedAt: { type: Date, default: null },
    origin: Schema.Types.Mixed as never,
    task: Schema.Types.Mixed as never,
  },
  { versionKey: false, minimize: false, autoIndex: false, autoCreate: false },
)
  .index({ state: 1, queuedAt: 1 })
  .index({ runId: 1 })
  .index({ claimedAt: 1 });

export function toTaskDocument({ task, origin, revision }: StoredTask): TaskDocument {
  const { taskId, request, state, queuedAt, notBefore, readyAt, claimedAt } = task;
  return {
    ...{ _id: taskId, revision, runId: request.runId, pipeline: request.pipeline, state },
    queuedAt: new Date(queuedAt),
    notBefore: notBefore === null ? null : new Date(notBefore),
    readyAt: new Date(readyAt),
    claimedAt: claimedAt === null ? null : new Date(claimedAt),
    ...{ origin, task },
  };
}

export const toStoredTask = ({ task, origin, revision }: TaskDocument): StoredTask => ({ task, origin, revision });
