import { recordBatches } from './record-batches';

async function batchesOf<T>(records: Iterable<T>, keyOf: (record: T) => string, bytesOf: (record: T) => number) {
  const batches = [];
  const options = { maxRecords: 2, maxBytes: 10, keyOf, bytesOf };
  for await (const batch of recordBatches(records, options)) batches.push(batch);
  return batches;
}

describe('batches of records', () => {
  const sizes = async (bytes: readonly number[]) => {
    const batches = await batchesOf(
      bytes,
      () => 'k',
      (each) => each,
    );
    return batches.map(({ records }) => records.length);
  };

  it('hold at most so many records', async () => {
    expect(await sizes([1, 1, 1, 1, 1])).toEqual([2, 2, 1]);
    expect(await sizes([])).toEqual([]);
  });

  it('hold at most so many bytes, and a record that is larger alone', async () => {
    expect(await sizes([5, 5, 6, 5, 5])).toEqual([2, 1, 2]);
    expect(await sizes([20, 1, 20])).toEqual([1, 1, 1]);
  });

  it('hold records of one key, in their order', async () => {
    const parity = (n: number) => (n % 2 ? 'odd' : 'even');
    expect(await batchesOf([1, 2, 3, 4, 5, 6], parity, () => 1)).toEqual([
      { key: 'odd', records: [1, 3] },
      { key: 'even', records: [2, 4] },
      { key: 'odd', records: [5] },
      { key: 'even', records: [6] },
    ]);
  });
});
