/** Records of one key, for one message. */
export interface RecordBatch<T> {
  readonly key: string;
  readonly records: T[];
}

export interface BatchOptions<T> {
  /** Of one batch. */
  readonly maxRecords: number;
  /** Of one batch, by `bytesOf`; a single record may be larger. */
  readonly maxBytes: number;
  keyOf(record: T): string;
  bytesOf(record: T): number;
}

/** Gathers records by key, those of a key in their order. A batch comes when it is full, the others at the end. */
export async function* recordBatches<T>(
  records: AsyncIterable<T> | Iterable<T>,
  { maxRecords, maxBytes, keyOf, bytesOf }: BatchOptions<T>,
): AsyncGenerator<RecordBatch<T>> {
  const waiting = new Map<string, { records: T[]; bytes: number }>();
  for await (const record of records) {
    const bytes = bytesOf(record);
    const key = keyOf(record);
    let batch = waiting.get(key);
    if (batch && (batch.records.length === maxRecords || batch.bytes + bytes > maxBytes)) {
      yield { key, records: batch.records };
      batch = undefined;
    }
    batch ??= { records: [], bytes: 0 };
    batch.records.push(record);
    batch.bytes += bytes;
    waiting.set(key, batch);
  }
  for (const [key, batch] of waiting) yield { key, records: batch.records };
}
