import type { Table } from '@perennial/columns';
import { BatchDispatcher, type DispatchLimits, type ModelRun } from './batch.dispatcher';
import { type InputBatch, partsOf } from './input.batch';
import { readMetadata } from '@perennial/onnx-file';
import { checkModel } from './model.check';
import { estimatedMemory } from './memory.estimate';
import { ModelRuntimeError } from './model-runtime.errors';
import { decisionThresholdOf, type ModelSignature, signatureOf } from './model.signature';
import { TRIAL_LIMITS, type TrialMemory, tryModel } from './model.trial';
import { PackedModel } from './packed.model';
import type { PredictOptions, ReserveMemory } from './model.wrapper';
import { type CacheUse, type ResponseCache, throughCache } from './response.cache';
import { encodeRows, tooManyRows } from './row.encoder';
import { RecoveringSession } from './session.recovery';
import { encodeColumns, inputColumns } from './table.encoder';
import { WorkerSession } from './worker.session';
import { type SpawnWorker, spawnWorker } from './worker.spawn';

export interface LoadedModel {
  readonly name: string;
  readonly version: string;
  readonly signature: ModelSignature;
  /** A probability at or above it means the positive class. */
  readonly decisionThreshold: number;
  readonly metadata: Readonly<Record<string, string>>;
  /** While it is open; an estimate. */
  readonly memoryBytes: number;
  /**
   * P(positive) of each row, in order. A row is an object of raw values by column name; null is allowed, other
   * columns are ignored. Throws INVALID_INPUT, OVERLOADED, DEADLINE_EXCEEDED, WORKER_CRASHED, INFERENCE_FAILED or
   * MODEL_CLOSED.
   */
  predict(rows: readonly Record<string, unknown>[], options?: PredictOptions): Promise<Float64Array>;
  /** Whether no row would find a place in the queue now. With a cache it is never said, as the cache may answer. */
  isFull(): boolean;
  /** As `predict`, for a table of any length, in chunks between which other calls get their turn. */
  predictTable(table: Table): Promise<Float64Array>;
  /** Ends the worker when the calls made so far have settled; may be called again. */
  close(): Promise<void>;
}

export interface OpenOptions extends Partial<DispatchLimits> {
  readonly name: string;
  readonly version: string;
  /** Rows of one predict call; default 10,000. */
  readonly maxRows?: number;
  /** Workers that run batches beside one another, each with the whole model; default 1. */
  readonly workers?: number;
  /** Called after each run. */
  readonly onRun?: (run: ModelRun) => void;
  /** Of its answers; shared by those who predict with `onCached`. */
  readonly cache?: ResponseCache;
  /** Called after each request that the cache was asked for. */
  readonly onCacheUse?: (use: CacheUse) => void;
  /** Threads within one operator; default 1. */
  readonly threads?: number;
  /** By how many steps the worker yields more than its process, where nobody waits for it. Linux only. */
  readonly niceness?: number;
  readonly reserve?: ReserveMemory;
  /** Beyond this process. */
  readonly trials?: TrialMemory;
  /** How the worker is started; for tests. */
  readonly spawn?: SpawnWorker;
}

const DEFAULTS = {
  maxRows: 10_000,
  maxBatchRows: 1_024,
  maxQueuedRows: 20_000,
  maxQueueDelayMs: 0,
  workers: 1,
  threads: 1,
  niceness: 0,
  reserve: (() => Promise.resolve()) as ReserveMemory,
  spawn: spawnWorker,
};

type Settings = OpenOptions & typeof DEFAULTS;

/**
 * Loads a model artifact into a worker of its own, once it was looked through and has passed a trial. Throws
 * MODEL_UNLOADABLE, TRIAL_UNFINISHED, WORKER_MISSING or what `reserve` throws.
 */
export async function openModel(bytes: Uint8Array, options: OpenOptions): Promise<LoadedModel> {
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  const settings: Settings = { ...DEFAULTS, ...(Object.fromEntries(given) as unknown as OpenOptions) };
  checkModel(bytes);
  const metadata = readMetadata(bytes);
  const signature = signatureOf(metadata);
  const decisionThreshold = decisionThresholdOf(metadata);
  const packed = PackedModel.of(bytes, signature);
  const limits = { ...TRIAL_LIMITS, rows: settings.maxBatchRows, niceness: settings.niceness };
  const trialBytes = await tryModel(bytes, limits, settings.trials);
  const memoryBytes = estimatedMemory({ fileBytes: bytes.byteLength, trialBytes, workers: settings.workers });
  await settings.reserve(memoryBytes);
  const { threads, niceness, spawn } = settings;
  const start = { model: packed.model, layout: packed.layout, threads, niceness };
  const open = () => RecoveringSession.open((onCrash) => WorkerSession.open(spawn, start, onCrash));
  const sessions = await allOrNone(Array.from({ length: settings.workers }, open));
  const dispatcher = new BatchDispatcher(sessions, packed, settings, settings.onRun);
  return new WorkerModel({ metadata, signature, decisionThreshold, memoryBytes, sessions, dispatcher }, settings);
}

/** Throws what one of them throws, once the others are closed. */
async function allOrNone(opening: readonly Promise<RecoveringSession>[]): Promise<RecoveringSession[]> {
  const outcomes = await Promise.allSettled(opening);
  const opened = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
  const failed = outcomes.find((outcome) => outcome.status === 'rejected');
  if (failed === undefined) return opened;
  await Promise.all(opened.map((session) => session.close()));
  throw failed.reason;
}

interface Parts {
  metadata: Record<string, string>;
  signature: ModelSignature;
  decisionThreshold: number;
  memoryBytes: number;
  sessions: readonly RecoveringSession[];
  dispatcher: BatchDispatcher;
}

class WorkerModel implements LoadedModel {
  readonly name: string;
  readonly version: string;
  private calls = 0;
  private closing: Promise<void> | undefined;
  private whenUnused: (() => void) | undefined;

  constructor(
    private readonly parts: Parts,
    private readonly settings: Settings,
  ) {
    this.name = settings.name;
    this.version = settings.version;
  }

  get metadata() {
    return this.parts.metadata;
  }

  get memoryBytes() {
    return this.parts.memoryBytes;
  }

  get signature() {
    return this.parts.signature;
  }

  get decisionThreshold() {
    return this.parts.decisionThreshold;
  }

  isFull(): boolean {
    return this.settings.cache === undefined && this.parts.dispatcher.isFull;
  }

  predict(
    rows: readonly Record<string, unknown>[],
    { deadline, onCached }: PredictOptions = {},
  ): Promise<Float64Array> {
    return this.call(async () => {
      const { maxRows, cache, onCacheUse } = this.settings;
      if (rows.length > maxRows) throw tooManyRows(rows.length, maxRows);
      if (rows.length === 0) return new Float64Array(0);
      const batch = encodeRows(rows, this.signature);
      if (!cache || !onCached) return this.compute(batch, deadline);
      const compute = (missing: InputBatch) => this.compute(missing, deadline);
      const { probabilities, use } = await throughCache(batch, cache, compute, onCached);
      onCacheUse?.(use);
      return probabilities;
    });
  }

  predictTable(table: Table): Promise<Float64Array> {
    return this.call(async () => {
      const { maxBatchRows } = this.settings;
      const columns = inputColumns(table, this.signature);
      const probabilities = new Float64Array(table.rows);
      for (let start = 0; start < table.rows; start += maxBatchRows) {
        const batch = encodeColumns(columns, start, Math.min(start + maxBatchRows, table.rows));
        probabilities.set(await this.parts.dispatcher.submit(batch), start);
      }
      return probabilities;
    });
  }

  close(): Promise<void> {
    this.closing ??= this.unused().then(() => this.closeSessions());
    return this.closing;
  }

  private async compute(batch: InputBatch, deadline: number | undefined): Promise<Float64Array> {
    const { maxBatchRows } = this.settings;
    if (batch.rows <= maxBatchRows) return new Float64Array(await this.parts.dispatcher.submit(batch, deadline));
    const probabilities = new Float64Array(batch.rows);
    let done = 0;
    for (const part of partsOf(batch, maxBatchRows)) {
      probabilities.set(await this.parts.dispatcher.submit(part, deadline), done);
      done += part.rows;
    }
    return probabilities;
  }

  private async closeSessions(): Promise<void> {
    await Promise.all(this.parts.sessions.map((session) => session.close()));
  }

  private async call<T>(work: () => Promise<T>): Promise<T> {
    if (this.closing !== undefined) {
      const details = { name: this.name, version: this.version };
      throw new ModelRuntimeError('MODEL_CLOSED', `Model ${this.name} ${this.version} is closed`, details);
    }
    this.calls += 1;
    try {
      return await work();
    } finally {
      this.calls -= 1;
      if (this.calls === 0) this.whenUnused?.();
    }
  }

  private unused(): Promise<void> {
    return this.calls === 0 ? Promise.resolve() : new Promise((resolve) => (this.whenUnused = resolve));
  }
}
