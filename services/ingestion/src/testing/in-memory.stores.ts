import { createHash } from 'node:crypto';
import type { FileReference } from '@perennial/contracts';
import { ConflictError, type Transaction } from '@perennial/messaging';
import { transactionOf } from '@perennial/messaging/testing';
import type {
  BatchKey,
  DayStore,
  FileStore,
  PackedChunk,
  QuarantineEntry,
  QuarantineStore,
  RowStore,
  StoredDay,
} from '../application/ports';
import { type Day, dayId } from '../domain/day';
import type { RowChunk } from '../domain/row.chunk';
import type { QuarantinedRecord } from '../domain/sifting';

export class InMemoryDayStore implements DayStore {
  readonly days = new Map<string, StoredDay & { dueAt: Date | null }>();

  async load(dataset: string, day: string): Promise<StoredDay | null> {
    return this.days.get(dayId(dataset, day)) ?? null;
  }

  async save(day: Day, revision: number | null, dueAt: Date | null, transaction: Transaction): Promise<void> {
    const id = dayId(day.dataset, day.day);
    transactionOf(transaction).onCommit(() => {
      if ((this.days.get(id)?.revision ?? null) !== revision) throw new ConflictError(`${id} was changed meanwhile`);
      this.days.set(id, { day, revision: (revision ?? 0) + 1, dueAt });
    });
  }

  async due(now: Date): Promise<{ dataset: string; day: string }[]> {
    const due = [...this.days.values()].filter(({ dueAt }) => dueAt !== null && dueAt <= now);
    return due.map(({ day: { dataset, day } }) => ({ dataset, day }));
  }

  async makeOpenDaysDue(): Promise<void> {}

  async list(): Promise<Day[]> {
    return [...this.days.values()].map(({ day }) => day);
  }
}

const idOf = ({ dataset, day, batch }: BatchKey): string => `${dataset}/${day}/${batch}`;

export class InMemoryRowStore implements RowStore {
  private chunks: { key: string; order: string; chunk: Pick<RowChunk, 'columns' | 'ndjson'> }[] = [];

  async pack(chunks: readonly RowChunk[]): Promise<PackedChunk[]> {
    return chunks.map(({ ndjson, ...chunk }) => ({ ...chunk, data: Buffer.from(ndjson) }));
  }

  async append(key: BatchKey, stream: string, chunks: readonly PackedChunk[], transaction: Transaction): Promise<void> {
    const added = chunks.map(({ data, columns, firstOffset }, ordinal) => ({
      key: idOf(key),
      order: `${stream}/${String(firstOffset).padStart(9, '0')}/${ordinal}`,
      chunk: { columns, ndjson: Buffer.from(data).toString() },
    }));
    transactionOf(transaction).onCommit(() => this.chunks.push(...added));
  }

  async *read(key: BatchKey): AsyncGenerator<Pick<RowChunk, 'columns' | 'ndjson'>> {
    const found = this.chunks.filter((chunk) => chunk.key === idOf(key));
    for (const { chunk } of found.sort((a, b) => (a.order < b.order ? -1 : 1))) yield chunk;
  }

  async remove(key: BatchKey, transaction: Transaction): Promise<void> {
    transactionOf(transaction).onCommit(() => {
      this.chunks = this.chunks.filter((chunk) => chunk.key !== idOf(key));
    });
  }
}

export class InMemoryQuarantineStore implements QuarantineStore {
  readonly records: (QuarantinedRecord & { key: string })[] = [];

  async append(
    key: BatchKey,
    _stream: string,
    records: readonly QuarantinedRecord[],
    _now: Date,
    transaction: Transaction,
  ): Promise<void> {
    transactionOf(transaction).onCommit(() => this.records.push(...records.map((r) => ({ ...r, key: idOf(key) }))));
  }

  async *identities(key: BatchKey): AsyncGenerator<string> {
    for (const record of this.records) if (record.key === idOf(key)) yield record.identity;
  }

  async page(): Promise<QuarantineEntry[]> {
    return [];
  }
}

export class InMemoryFileStore implements FileStore {
  readonly files = new Map<string, Uint8Array>();
  /** Called before a file is put, e.g. to fail once. */
  onPut: () => void = () => undefined;

  async put(bucket: string, content: Uint8Array, { mediaType, rows }: { mediaType: string; rows?: number }) {
    this.onPut();
    const fileId = createHash('sha256').update(content).digest('hex');
    this.files.set(fileId, content);
    const digest = `sha256:${fileId}`;
    return { store: 'gridfs' as const, bucket, fileId, digest, bytes: content.byteLength, rows, mediaType };
  }

  async get({ fileId }: FileReference): Promise<Uint8Array> {
    const found = this.files.get(fileId);
    if (!found) throw new RangeError(`no file ${fileId}`);
    return found;
  }
}
