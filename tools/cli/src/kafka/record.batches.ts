/** A broker refuses messages beyond 1 MB by default; envelope and headers need some room. */
const maxBytes = 700_000;

/** Records of one key, for one message. */
export interface RecordBatch<T> {
  readonly key: string;
  readonly records: readonly T[];
}

/** At most `size` records of one key, and few enough that a message stays below the broker's limit. */
export async function* recordBatches<T>(
  records: AsyncIterable<T>,
  size: number,
  keyOf: (record: T) => string,
): AsyncGenerator<RecordBatch<T>> {
  const waiting = new Map<string, { records: T[]; bytes: number }>();
  for await (const record of records) {
    const length = Buffer.byteLength(JSON.stringify(record)) + 1;
    const key = keyOf(record);
    let batch = waiting.get(key);
    if (batch && (batch.records.length >= size || batch.bytes + length > maxBytes)) {
      yield { key, records: batch.records };
      batch = undefined;
    }
    batch ??= { records: [], bytes: 0 };
    batch.records.push(record);
    batch.bytes += length;
    waiting.set(key, batch);
  }
  for (const [key, batch] of waiting) yield { key, records: batch.records };
}
