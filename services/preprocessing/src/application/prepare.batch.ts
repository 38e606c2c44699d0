import { batchPreparedV1 } from '@perennial/contracts';
import { type Clock, emit, type HandlerContext, type OutgoingEvent, type Transaction } from '@perennial/messaging';
import type { Pipeline } from '@perennial/pipeline';
import { type FittedPreprocessing, PreprocessingError } from '@perennial/preprocessing-steps';
import type { ClosedBatch } from '../domain/batch';
import { digestOfJson } from '../domain/fitted.digest';
import { HISTORY_DAYS, metadataId, preparationOf, rowHistory } from '../domain/preparation';
import type { BatchEncoder } from './batch.encoder';
import type { BatchStore, Head, Metadata, MetadataStore } from './ports';

export interface PrepareBatchDependencies {
  pipelines: ReadonlyMap<string, Pipeline>;
  metadata: MetadataStore;
  batches: BatchStore;
  encoder: BatchEncoder;
  clock: Clock;
}

type Context = Pick<HandlerContext, 'transaction' | 'logger'>;

/** Prepares a closed batch; the reference day's batch is fitted first, and brings those along that waited for it. */
export class PrepareBatch {
  constructor(private readonly needs: PrepareBatchDependencies) {}

  async run(batch: ClosedBatch, correlationId: string, context: Context): Promise<OutgoingEvent[]> {
    const { pipelines, metadata, batches } = this.needs;
    const { transaction, logger } = context;
    const pipeline = pipelines.get(batch.dataset);
    if (!pipeline) throw new UnknownDatasetError(batch.dataset);
    const known = await batches.get(batch.batchId, transaction);
    if (known?.state === 'prepared') {
      logger.warn({ batchId: batch.batchId }, 'The batch was prepared before; nothing is done');
      return [];
    }
    const head = await metadata.head(batch.dataset, transaction);
    switch (preparationOf(batch.day, pipeline.reference.day, head.current)) {
      case 'fit':
        return this.fitAndPrepare(batch, pipeline, head, context);
      case 'wait':
        await batches.put({ state: 'waiting', batch, correlationId }, transaction);
        await metadata.saveHead(batch.dataset, head, transaction);
        logger.info({ batchId: batch.batchId, reference: pipeline.reference.day }, 'The batch waits for the reference');
        return [];
      case 'apply':
        return [await this.prepare(batch, await this.fitOf(head, transaction), pipeline, transaction)];
    }
  }

  private async fitOf({ current }: Head, transaction: Transaction): Promise<Metadata> {
    const found = current && (await this.needs.metadata.get(current.metadataId, transaction));
    if (!found) throw new RangeError(`processing metadata ${current?.metadataId} is missing`);
    return found;
  }

  private async fitAndPrepare(
    batch: ClosedBatch,
    pipeline: Pipeline,
    head: Head,
    { transaction, logger }: Context,
  ): Promise<OutgoingEvent[]> {
    const fitted = await this.fit(batch, pipeline);
    if (fitted instanceof PreprocessingError) {
      logger.error(
        { err: fitted, batchId: batch.batchId },
        'The reference day cannot be fitted; batches go on waiting',
      );
      await this.needs.batches.put({ state: 'unusable', batch, reason: fitted.message }, transaction);
      return [];
    }
    const version = (head.current?.version ?? 0) + 1;
    const added = this.metadataOf(batch, fitted, version);
    const current = { metadataId: added.id, version, referenceDay: batch.day };
    await this.needs.metadata.add(added, transaction);
    await this.needs.metadata.saveHead(batch.dataset, { ...head, current }, transaction);
    const events = [await this.prepare(batch, added, pipeline, transaction)];
    for (const waiting of await this.needs.batches.waiting(batch.dataset, transaction)) {
      const event = await this.prepare(waiting.batch, added, pipeline, transaction);
      events.push({ ...event, correlationId: waiting.correlationId });
    }
    return events;
  }

  private async fit(batch: ClosedBatch, pipeline: Pipeline): Promise<FittedPreprocessing | PreprocessingError> {
    try {
      return await this.needs.encoder.fit(batch, pipeline);
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

  private async prepare(
    batch: ClosedBatch,
    metadata: Metadata,
    pipeline: Pipeline,
    transaction: Transaction,
  ): Promise<OutgoingEvent> {
    const { batches, encoder, clock } = this.needs;
    const past = await batches.preparedBefore(batch.dataset, batch.day, HISTORY_DAYS, transaction);
    const rows = rowHistory(batch.correctionOf, past, metadata.referenceDay);
    const prepared = await encoder.encode(batch, metadata, rows, pipeline.quality);
    await batches.put({ state: 'prepared', batch, prepared, preparedAt: clock.now() }, transaction);
    return emit(batchPreparedV1, prepared);
  }
}

/** No pipeline declares the dataset here, though ingestion knew it: the configurations differ. */
export class UnknownDatasetError extends Error {
  readonly code = 'UNKNOWN_DATASET';
  readonly retryable = false;
  readonly details: Record<string, unknown>;

  constructor(dataset: string) {
    super(`dataset = ${dataset}: no pipeline declares this dataset`);
    this.name = 'UnknownDatasetError';
    this.details = { field: 'dataset', value: dataset };
  }
}
