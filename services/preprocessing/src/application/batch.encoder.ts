import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';
import type { FileReference } from '@perennial/contracts';
import type { Pipeline } from '@perennial/pipeline';
import type { FittedPreprocessing } from '@perennial/preprocessing-steps';
import type { BatchPrepared, ClosedBatch } from '../domain/batch';
import { completenessFindings } from '../domain/completeness';
import type { EncodedBatch, EncodeTask } from './batch.work';
import { computeHere } from './compute.here';
import type { BatchCompute, FileStore, Metadata } from './ports';

const PROCESSED_BUCKET = 'processed_data';
const PARQUET = 'application/vnd.apache.parquet';
/** Results kept for work whose outcome could not be stored at once. */
const KEPT = 8;

type Encoding = EncodedBatch & { processed: FileReference };

/**
 * From a closed batch's file to its prepared file. What was done for a batch is taken up by a call that repeats it: while
 * the database is away, minutes of work are not done again and again.
 */
export class BatchEncoder {
  private readonly encodings = new Map<string, Promise<Encoding>>();
  private readonly fits = new Map<string, Promise<FittedPreprocessing>>();

  constructor(
    private readonly files: FileStore,
    private readonly compute: BatchCompute = computeHere(files),
  ) {}

  /** Throws what cannot be fitted as an error with code and retryable false. */
  fit({ raw }: ClosedBatch, pipeline: Pipeline, signal?: AbortSignal): Promise<FittedPreprocessing> {
    return once(this.fits, keyOf(raw.digest, pipeline), () => this.compute.fit(raw, pipeline, signal));
  }

  /** history: row counts of the days before. */
  async encode(
    batch: ClosedBatch,
    { id, fitted }: Metadata,
    history: readonly number[],
    limits: Pipeline['quality'],
    signal?: AbortSignal,
  ): Promise<BatchPrepared> {
    const task: EncodeTask = { fitted, history, limits };
    const key = keyOf(batch.batchId, batch.raw.digest, id, task);
    const { processed, rows, labelledRows, quality } = await once(this.encodings, key, () =>
      this.stored(batch, task, signal),
    );
    const { verdict, findings } = quality;
    const { batchId, dataset, day, correctionOf } = batch;
    return {
      batchId,
      dataset,
      day,
      correctionOf,
      metadataId: id,
      processed,
      rows,
      labelledRows,
      quality: { verdict, findings: [...completenessFindings(batch), ...findings] },
      sources: { raw: batch.raw },
    };
  }

  private stored({ raw, batchId }: ClosedBatch, task: EncodeTask, signal?: AbortSignal): Promise<Encoding> {
    const store = async (content: Uint8Array | Readable, encoded: EncodedBatch): Promise<Encoding> => {
      const { rows } = encoded;
      const options = { mediaType: PARQUET, rows, name: `${batchId}.parquet` };
      return { ...encoded, processed: await this.files.put(PROCESSED_BUCKET, content, options) };
    };
    return this.compute.encode(raw, task, store, signal);
  }
}

const keyOf = (...parts: unknown[]): string => createHash('sha256').update(JSON.stringify(parts)).digest('hex');

/** One work per key at a time; results of the last few keys are kept, failures are not. */
function once<T>(known: Map<string, Promise<T>>, key: string, work: () => Promise<T>): Promise<T> {
  const found = known.get(key);
  if (found) return found;
  const begun = work();
  known.set(key, begun);
  begun.catch(() => known.delete(key));
  for (const oldest of known.keys()) if (known.size > KEPT) known.delete(oldest);
  return begun;
}
