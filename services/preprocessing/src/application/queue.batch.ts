import type { batchClosedV1, DataOf } from '@perennial/contracts';
import {
  type EventEnvelope,
  type HandlerContext,
  type OutgoingEvent,
  traceToContinue,
  type Transactor,
} from '@perennial/messaging';
import type { Pipeline } from '@perennial/pipeline';
import { ServiceError } from '@perennial/service';
import { UnknownDatasetError } from '../domain/dataset.preprocessing';
import type { BatchRecord, BatchStore } from './ports';

/** Records that a batch was closed; a worker prepares it. A batch is queued once, however often it is told of. */
export class QueueBatch {
  /** `onQueued` is called after the commit. */
  constructor(
    private readonly pipelines: ReadonlyMap<string, Pipeline>,
    private readonly batches: BatchStore,
    private readonly transactor: Transactor,
    private readonly onQueued: () => void,
  ) {}

  /** Throws UNKNOWN_DATASET. */
  async run(
    { data: batch, id, correlationid }: EventEnvelope<DataOf<typeof batchClosedV1>>,
    { transaction, logger }: Pick<HandlerContext, 'transaction' | 'logger'>,
  ): Promise<OutgoingEvent[]> {
    if (!this.pipelines.has(batch.dataset)) throw new UnknownDatasetError(batch.dataset);
    const known = await this.batches.get(batch.batchId, transaction);
    if (known && known.state !== 'failed' && known.state !== 'unusable') {
      logger.warn({ batchId: batch.batchId, state: known.state }, 'The batch was told of before; nothing is done');
      return [];
    }
    // Batches of one dataset have one key, so that they are told of one after the other.
    const position = (await this.batches.lastPosition(batch.dataset, transaction)) + 1;
    const asked = { batch, position, correlationId: correlationid, causationId: id, trace: traceToContinue() };
    await this.batches.put({ state: 'queued', ...asked }, transaction);
    transaction.afterCommit(this.onQueued);
    return [];
  }

  /** A person's order. Throws UNKNOWN_BATCH (404), and NOT_FAILED (409) for a batch in any other state. */
  async retry(batchId: string): Promise<BatchRecord> {
    let after: BatchRecord | undefined;
    await this.transactor.transact(async (transaction) => {
      const known = await this.batches.get(batchId, transaction);
      if (known?.state !== 'failed') throw refusal(batchId, known);
      const { code: _code, reason: _reason, failedAt: _failedAt, ...asked } = known;
      after = { ...asked, state: 'queued' };
      await this.batches.put(after, transaction);
      transaction.afterCommit(this.onQueued);
      return [];
    });
    return after as BatchRecord;
  }
}

export function unknownBatch(batchId: string): ServiceError {
  const message = `batch ${batchId} was not closed yet`;
  return new ServiceError('UNKNOWN_BATCH', 404, message, { field: 'id', value: batchId });
}

function refusal(batchId: string, known: BatchRecord | null): ServiceError {
  if (!known) return unknownBatch(batchId);
  const rule = 'must be failed to be prepared again';
  const details = { field: 'state', value: known.state, rule };
  return new ServiceError('NOT_FAILED', 409, `batch ${batchId} is ${known.state}: it ${rule}`, details);
}
