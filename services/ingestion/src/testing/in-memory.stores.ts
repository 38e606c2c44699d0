import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';
import type { FileReference } from '@perennial/contracts';
import { ConflictError, type Transaction } from '@perennial/messaging';
import { transactionOf } from '@perennial/messaging/testing';
import type {
  BatchKey,
  DayStore,
  FileStore,
  QuarantineEntry,
  QuarantineStore,
  RowStore,
  StoredChunk,
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
  private chunks: { key: string; order: string; chunk: StoredChunk }[] = [];

  async append(key: BatchKey, stream: string, chunks: readonly RowChunk[], transaction: Transaction): Promise<void> {
    const added = chunks.map((chunk, ordinal) => ({
      key: idOf(key),
      order: `${stream}/${String(chunk.firstOffset).padStart(9, '0')}/${ordinal}`,
      chunk,
    }));
    transactionOf(transaction).onCommit(() => this.chunks.push(...added));
  }

  async *read(key: BatchKey): AsyncGenerator<StoredChunk> {
    const found = this.chunks.filter((chunk) => chunk.key === idOf(key));
    for (const { chunk } of found.sort((a, b) => (a.order < b.order ? -1 : 1))) yield chunk;
  }

  async *readIds(key: BatchKey): AsyncGenerator<Uint8Array> {
    for await (const { ids } of this.read(key)) yield ids;
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

  async put(bucket: string, input: Uint8Array | Readable, { mediaType, rows }: { mediaType: string; rows?: number }) {
    this.onPut();
    const content = input instanceof Uint8Array ? input : Buffer.concat((await input.toArray()) as Uint8Array[]);
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
