import { ConflictError, type Transaction } from '@perennial/messaging';
import { transactionOf } from '@perennial/messaging/testing';
import type { AskedBatch, BatchRecord, BatchStore, Head, Metadata, MetadataStore } from '../application/ports';

const positionOf = (record: BatchRecord): number => ('position' in record ? record.position : 0);

const byTurn = (one: BatchRecord, other: BatchRecord): number =>
  positionOf(one) - positionOf(other) || (one.batch.day < other.batch.day ? -1 : 1);

/** Transactions that meet do not conflict here: the tests let one come after the other. */
export class InMemoryBatches implements BatchStore {
  readonly records = new Map<string, BatchRecord>();

  async get(batchId: string): Promise<BatchRecord | null> {
    return this.records.get(batchId) ?? null;
  }

  async put(record: BatchRecord, transaction: Transaction): Promise<void> {
    transactionOf(transaction).onCommit(() => this.records.set(record.batch.batchId, record));
  }

  async nextOfEach(): Promise<{ dataset: string; batchId: string }[]> {
    const queued = [...this.records.values()].filter(({ state }) => state === 'queued').sort(byTurn);
    const next = new Map<string, string>();
    for (const { batch } of queued) if (!next.has(batch.dataset)) next.set(batch.dataset, batch.batchId);
    return [...next].map(([dataset, batchId]) => ({ dataset, batchId }));
  }

  async lastPosition(dataset: string): Promise<number> {
    const own = [...this.records.values()].filter(({ batch }) => batch.dataset === dataset);
    return Math.max(0, ...own.map(positionOf));
  }

  async release({ batch, position, causationId }: AskedBatch, transaction: Transaction): Promise<void> {
    for (const record of this.records.values()) {
      if (record.state !== 'waiting' || record.batch.dataset !== batch.dataset) continue;
      await this.put({ ...record, state: 'queued', position, causationId }, transaction);
    }
  }

  async preparedBefore(dataset: string, day: string, limit: number): Promise<{ day: string; rows: number }[]> {
    const known = [...this.records.values()].flatMap((record) =>
      record.state === 'prepared' ? [record.prepared] : [],
    );
    const whole = known.filter((each) => each.dataset === dataset && each.day < day && each.correctionOf === null);
    return whole.sort((one, other) => (one.day < other.day ? 1 : -1)).slice(0, limit);
  }
}

export class InMemoryMetadata implements MetadataStore {
  readonly fits = new Map<string, Metadata>();
  private readonly heads = new Map<string, Head>();

  async head(dataset: string): Promise<Head> {
    return this.heads.get(dataset) ?? { current: null, revision: 0 };
  }

  async saveHead(dataset: string, head: Head, transaction: Transaction): Promise<void> {
    const { revision } = await this.head(dataset);
    if (revision !== head.revision) throw new ConflictError(`the head of ${dataset} was changed`);
    transactionOf(transaction).onCommit(() => this.heads.set(dataset, { ...head, revision: revision + 1 }));
  }

  async add(metadata: Metadata, transaction: Transaction): Promise<void> {
    transactionOf(transaction).onCommit(() => this.fits.set(metadata.id, metadata));
  }

  async get(id: string): Promise<Metadata | null> {
    return this.fits.get(id) ?? null;
  }
}
