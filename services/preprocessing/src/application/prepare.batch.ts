import { batchPreparedV1 } from '@perennial/contracts';
import {
  type Clock,
  codeOf,
  ConflictError,
  emit,
  inWorkSpan,
  type Logger,
  type OutgoingEvent,
  type Transaction,
  type Transactor,
} from '@perennial/messaging';
import type { Pipeline } from '@perennial/pipeline';
import { type FittedPreprocessing, PreprocessingError } from '@perennial/preprocessing-steps';
import type { BatchPrepared, ClosedBatch } from '../domain/batch';
import { UnknownDatasetError } from '../domain/dataset.preprocessing';
import { digestOfJson } from '../domain/fitted.digest';
import { HISTORY_DAYS, metadataId, preparationOf, rowHistory } from '../domain/preparation';
import type { BatchEncoder } from './batch.encoder';
import type { AskedBatch, BatchStore, Head, Metadata, MetadataStore } from './ports';

export interface PrepareBatchDependencies {
  pipelines: ReadonlyMap<string, Pipeline>;
  metadata: MetadataStore;
  batches: BatchStore;
  encoder: BatchEncoder;
  transactor: Transactor;
  clock: Clock;
  logger: Logger;
}

type Write = (transaction: Transaction) => Promise<OutgoingEvent[]>;

/**
 * Prepares a queued batch; the reference day's batch is fitted first, and lets those go that waited for it. The work is
 * done outside any transaction; what it led to is written in one that looks again whether the batch is still queued, so
 * doing it twice changes nothing.
 */
export class PrepareBatch {
  constructor(private readonly needs: PrepareBatchDependencies) {}

  /** False when the batch is not queued, or not any more. */
  async run(batchId: string, signal: AbortSignal): Promise<boolean> {
    const known = await this.needs.batches.get(batchId);
    if (known?.state !== 'queued') return false;
    const attributes = { 'perennial.batch.id': batchId };
    await inWorkSpan('prepare batch', known.trace ?? {}, attributes, () => this.prepare(known, signal));
    return true;
  }

  /** The batch is left until a person says to try again; those after it go on. */
  async giveUp(batchId: string, error: unknown): Promise<void> {
    const { batches, transactor, clock, logger } = this.needs;
    const reason = error instanceof Error ? error.message : String(error);
    await transactor.transact(async (transaction) => {
      const known = await batches.get(batchId, transaction);
      if (known?.state !== 'queued') return [];
      const failure = { code: codeOf(error), reason, failedAt: clock.now() };
      await batches.put({ ...known, state: 'failed', ...failure }, transaction);
      return [];
    });
    logger.error({ err: error, batchId }, 'The batch cannot be prepared');
  }

  private async prepare(asked: AskedBatch, signal: AbortSignal): Promise<void> {
    const { pipelines, metadata } = this.needs;
    const { day, dataset } = asked.batch;
    const pipeline = pipelines.get(dataset);
    if (!pipeline) throw new UnknownDatasetError(dataset);
    const head = await metadata.head(dataset);
    switch (preparationOf(day, pipeline.reference.day, head.current)) {
      case 'fit':
        return this.fitAndPrepare(asked, pipeline, head, signal);
      case 'wait':
        return this.letWait(asked, pipeline, head);
      case 'apply': {
        const prepared = await this.encode(asked.batch, await this.fitOf(head), pipeline, signal);
        signal.throwIfAborted();
        return this.settle(asked, head, (transaction) => this.tell(asked.batch, prepared, transaction));
      }
    }
  }

  private async letWait(asked: AskedBatch, { reference }: Pipeline, head: Head): Promise<void> {
    const { batches, metadata, logger } = this.needs;
    const { batchId, dataset } = asked.batch;
    await this.settle(asked, head, async (transaction) => {
      await batches.put({ ...asked, state: 'waiting' }, transaction);
      await metadata.saveHead(dataset, head, transaction);
      return [];
    });
    logger.info({ batchId, reference: reference.day }, 'The batch waits for the reference');
  }

  private async fitAndPrepare(asked: AskedBatch, pipeline: Pipeline, head: Head, signal: AbortSignal): Promise<void> {
    const { batches, metadata, logger } = this.needs;
    const { batch } = asked;
    const fitted = await this.fit(batch, pipeline, signal);
    if (fitted instanceof PreprocessingError) {
      const { batchId } = batch;
      logger.error({ err: fitted, batchId }, 'The reference day cannot be fitted; batches go on waiting');
      return this.settle(asked, head, async (transaction) => {
        await batches.put({ state: 'unusable', batch, reason: fitted.message }, transaction);
        return [];
      });
    }
    const version = (head.current?.version ?? 0) + 1;
    const added = this.metadataOf(batch, fitted, version);
    const current = { metadataId: added.id, version, referenceDay: batch.day };
    const prepared = await this.encode(batch, added, pipeline, signal);
    signal.throwIfAborted();
    await this.settle(asked, head, async (transaction) => {
      await metadata.add(added, transaction);
      await metadata.saveHead(batch.dataset, { ...head, current }, transaction);
      await batches.release(asked, transaction);
      return this.tell(batch, prepared, transaction);
    });
  }

  /** Writes what was decided on `head`, unless another did it meanwhile. Throws CONFLICT when the fit is another now. */
  private async settle({ batch, correlationId, causationId }: AskedBatch, head: Head, write: Write): Promise<void> {
    const { batches, metadata, transactor } = this.needs;
    const decided = async (transaction: Transaction) => {
      const known = await batches.get(batch.batchId, transaction);
      if (known?.state !== 'queued') return [];
      const { revision } = await metadata.head(batch.dataset, transaction);
      if (revision === head.revision) return write(transaction);
      throw new ConflictError(`the fit of ${batch.dataset} changed while ${batch.batchId} was prepared`);
    };
    await transactor.transact(decided, { correlationId, causationId });
  }

  private async tell(batch: ClosedBatch, prepared: BatchPrepared, transaction: Transaction): Promise<OutgoingEvent[]> {
    const { batches, clock } = this.needs;
    await batches.put({ state: 'prepared', batch, prepared, preparedAt: clock.now() }, transaction);
    return [emit(batchPreparedV1, prepared)];
  }

  private async encode(
    batch: ClosedBatch,
    metadata: Metadata,
    { quality }: Pipeline,
    signal: AbortSignal,
  ): Promise<BatchPrepared> {
    const { batches, encoder } = this.needs;
    const past = await batches.preparedBefore(batch.dataset, batch.day, HISTORY_DAYS);
    const rows = rowHistory(batch.correctionOf, past, metadata.referenceDay);
    return encoder.encode(batch, metadata, rows, quality, signal);
  }

  private async fitOf({ current }: Head): Promise<Metadata> {
    const found = current && (await this.needs.metadata.get(current.metadataId));
    if (!found) throw new RangeError(`processing metadata ${current?.metadataId} is missing`);
    return found;
  }

  private async fit(
    batch: ClosedBatch,
    pipeline: Pipeline,
    signal: AbortSignal,
  ): Promise<FittedPreprocessing | PreprocessingError> {
    try {
      return await this.needs.encoder.fit(batch, pipeline, signal);
    } catch (error) {
      if (error instanceof PreprocessingError) return error;
      throw error;
    }
  }

  private metadataOf(batch: ClosedBatch, fitted: FittedPreprocessing, version: number): Metadata {
    return {
      id: metadataId(batch.dataset, version),
      dataset: batch.dataset,
      version,
      digest: digestOfJson(fitted),
      referenceDay: batch.day,
      batchId: batch.batchId,
      fittedAt: this.needs.clock.now(),
      fitted,
    };
  }
}
