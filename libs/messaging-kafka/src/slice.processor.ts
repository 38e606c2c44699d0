import { setMaxListeners } from 'node:events';
import {
  backoffDelay,
  type BackoffPolicy,
  type BatchHandler,
  type Logger,
  type PartitionSlice,
  type RecordHandler,
  type Sleep,
} from '@perennial/messaging';
import { assignLanes } from './key.lanes';
import { committable, OffsetFrontier } from './offset.frontier';

/** How a slice talks to its consumer. */
export interface SliceControl {
  /** Aborted: hand back what is not finished. */
  signal: AbortSignal;
  /** True: take no further record, let running handlers finish. */
  draining(): boolean;
  heartbeat(): Promise<void>;
  commit(offset: string): Promise<void>;
}

export interface SliceOptions {
  lanes: number;
  heartbeatMs: number;
  /** How long running handlers may go on after the group began to rebalance. */
  graceMs: number;
  redelivery: BackoffPolicy;
  sleep: Sleep;
  random(): number;
  logger: Logger;
}

export type SliceHandler = { onRecord?: RecordHandler; onBatch?: BatchHandler };

/**
 * Handles a slice, beats the heart meanwhile, and commits what is finished from the front. Resolves with the offset
 * of the last record of the finished prefix. Rejects with the heartbeat's error (rebalance, lost broker) after the
 * running handlers have ended, so that no record is handled twice at once.
 */
export async function processSlice(
  slice: PartitionSlice,
  handler: SliceHandler,
  control: SliceControl,
  options: SliceOptions,
): Promise<string | undefined> {
  const frontier = new OffsetFrontier(slice.records.map(({ offset }) => offset));
  const stop = new AbortController();
  // Every record under way listens, in its timeout and its waits; more than ten at once are no leak.
  setMaxListeners(0, stop.signal);
  const abort = () => stop.abort();
  if (control.signal.aborted) abort();
  control.signal.addEventListener('abort', abort, { once: true });
  let committed: string | undefined;
  let interruption: { error: unknown } | undefined;
  const commit = async () => {
    const last = frontier.last();
    if (last === undefined || last === committed) return;
    await control.commit(committable(last));
    committed = last;
  };
  const state = { signal: stop.signal, closed: () => control.draining() || interruption !== undefined };
  const work = handler.onBatch
    ? handleBatch(slice, handler.onBatch, frontier, state, options)
    : handleRecords(slice, handler.onRecord, frontier, state, options);
  const finished = new AbortController();
  const beating = (async () => {
    for (;;) {
      await options.sleep(options.heartbeatMs, finished.signal);
      try {
        await control.heartbeat();
        await commit();
      } catch (error) {
        interruption = { error };
        await options.sleep(options.graceMs, finished.signal);
        return abort();
      }
    }
  })().catch(() => {});
  try {
    await work;
  } finally {
    finished.abort();
    await beating;
    control.signal.removeEventListener('abort', abort);
  }
  if (interruption) {
    await commit().catch(() => {});
    throw interruption.error;
  }
  await commit();
  return frontier.last();
}

interface SliceState {
  signal: AbortSignal;
  closed(): boolean;
}

async function handleRecords(
  slice: PartitionSlice,
  onRecord: RecordHandler | undefined,
  frontier: OffsetFrontier,
  state: SliceState,
  options: SliceOptions,
): Promise<void> {
  const runLane = async (lane: PartitionSlice['records']) => {
    for (const record of lane) {
      if (state.closed() || state.signal.aborted) return;
      const done = await untilAccepted(async () => onRecord?.(record, { signal: state.signal }), state, options);
      if (!done) return;
      frontier.finish(record.offset);
    }
  };
  await Promise.all(assignLanes(slice.records, options.lanes).map(runLane));
}

async function handleBatch(
  slice: PartitionSlice,
  onBatch: BatchHandler,
  frontier: OffsetFrontier,
  state: SliceState,
  options: SliceOptions,
): Promise<void> {
  if (state.closed()) return;
  if (!(await untilAccepted(() => onBatch(slice, { signal: state.signal }), state, options))) return;
  slice.records.forEach(({ offset }) => frontier.finish(offset));
}

/** Delivers again, after a pause, what the handler rejects; false: handed back unfinished. */
async function untilAccepted(deliver: () => Promise<void>, state: SliceState, options: SliceOptions): Promise<boolean> {
  for (let attempt = 1; !state.signal.aborted; attempt++) {
    try {
      await deliver();
      return true;
    } catch (error) {
      if (state.closed() || state.signal.aborted) return false;
      const delayMs = backoffDelay(attempt, options.redelivery, options.random());
      options.logger.warn({ err: error, attempt, delayMs }, 'Record was rejected and is delivered again');
      await options.sleep(delayMs, state.signal).catch(() => {});
    }
  }
  return false;
}
