/** A broker refuses messages beyond 1 MB by default; envelope and headers need some room. */
const maxBytes = 700_000;

/** Arrays of at most `size` records, and of few enough that a message stays below the broker's limit. */
export async function* recordBatches<T>(records: AsyncIterable<T>, size: number): AsyncGenerator<T[]> {
  let batch: T[] = [];
  let bytes = 0;
  for await (const record of records) {
    const length = Buffer.byteLength(JSON.stringify(record)) + 1;
    if (batch.length > 0 && (batch.length >= size || bytes + length > maxBytes)) {
      yield batch;
      [batch, bytes] = [[], 0];
    }
    batch.push(record);
    bytes += length;
  }
  if (batch.length > 0) yield batch;
}
