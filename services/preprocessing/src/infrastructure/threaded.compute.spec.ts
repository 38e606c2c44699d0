import { mkdtemp, readdir, rm } from 'node:fs/promises';
import os from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { ComputeThread } from '@perennial/compute-thread';
import { numericColumn, stringColumn, tableOf, writeParquet } from '@perennial/columns';
import type { FileReference } from '@perennial/contracts';
import { parsePipeline, type Pipeline } from '@perennial/pipeline';
import { apply, checkQuality, fit } from '@perennial/preprocessing-steps';
import { BatchEncoder } from '../application/batch.encoder';
import type { EncodeTask } from '../application/batch.work';
import { ThreadedCompute } from './threaded.compute';

// Other work on the machine can make starting a thread slow.
jest.setTimeout(60_000);

const pipeline = parsePipeline(
  `
apiVersion: perennial/v1
kind: Pipeline
name: p
dataset:
  recordId: id
  target: { column: y, positive: 1 }
  columns:
    - { name: id, type: string }
    - { name: amount, type: number }
    - { name: grade, type: category }
    - { name: branch, type: string, feature: false }
    - { name: meter, type: integer, feature: false }
    - { name: y, type: integer }
reference: { day: '2026-01-02' }
`,
  {},
).ok as Pipeline;

const rows = 60_000; // more than one row group

const day = tableOf([
  stringColumn(
    'id',
    Array.from({ length: rows }, (_, row) => `record-${(row * 7_919) % rows}`),
  ),
  // The last row alone does not fit float32.
  numericColumn(
    'amount',
    'number',
    Float64Array.from({ length: rows }, (_, row) => (row === rows - 1 ? 0.1 : row)),
  ),
  stringColumn(
    'grade',
    Array.from({ length: rows }, (_, row) => (row % 9 === 0 ? null : `g${row % 4}`)),
  ),
  stringColumn(
    'branch',
    Array.from({ length: rows }, (_, row) => `b${row % 100}`),
  ),
  numericColumn(
    'meter',
    'integer',
    Float64Array.from({ length: rows }, (_, row) => row),
  ),
  numericColumn(
    'y',
    'integer',
    Float64Array.from({ length: rows }, (_, row) => (row % 3 === 0 ? NaN : row % 2)),
  ),
]);

const file = writeParquet(day);

/** Holds one file; what is put is kept. */
class OneFile {
  readonly bytes = file;
  stored: Uint8Array | undefined;
  puts = 0;
  readonly reference: FileReference = {
    store: 'gridfs',
    bucket: 'raw_data',
    fileId: 'f'.repeat(64),
    digest: `sha256:${'f'.repeat(64)}`,
    bytes: this.bytes.length,
    mediaType: 'application/vnd.apache.parquet',
  };

  get = async () => this.bytes;
  stream = () => Readable.from([this.bytes], { objectMode: false });
  put = async (_bucket: string, content: Uint8Array | Readable) => {
    this.puts++;
    this.stored = content instanceof Uint8Array ? content : Buffer.concat((await content.toArray()) as Uint8Array[]);
    return this.reference;
  };
}

const fitted = fit(day, pipeline);
const narrow = { ...fitted, inputs: fitted.inputs.map((input) => ({ ...input, storage: narrowed(input.storage) })) };
const task: EncodeTask = { fitted: narrow, history: [rows], limits: pipeline.quality };

function narrowed<T extends string>(storage: T): T | 'float32' {
  return storage === 'float64' ? 'float32' : storage;
}

describe('work on a large batch', () => {
  it('fits what fitting the whole table gives', async () => {
    const files = new OneFile();
    expect(files.bytes.length).toBeGreaterThan(512 * 1024);
    expect(await new ThreadedCompute(files).fit(files.reference, pipeline)).toEqual(fitted);
  });

  it('encodes what encoding the whole table gives', async () => {
    const files = new OneFile();
    const encoded = await new ThreadedCompute(files).encode(files.reference, task, async (content, result) => {
      await files.put('processed_data', content);
      return result;
    });
    expect(Buffer.compare(files.stored as Uint8Array, writeParquet(apply(day, narrow)))).toBe(0);
    expect(encoded).toEqual({
      rows,
      labelledRows: rows - rows / 3,
      quality: checkQuality(day, narrow, { rows: [rows] }, pipeline.quality),
    });
  });

  it('has no file that would be left if the process were killed', async () => {
    const files = new OneFile();
    const folder = await mkdtemp(join(os.tmpdir(), 'perennial-batch-'));
    const tmpdir = jest.spyOn(os, 'tmpdir').mockReturnValue(folder);
    try {
      const found = await new ThreadedCompute(files).encode(files.reference, task, () => readdir(folder));
      expect(found).toEqual([]);
      expect(tmpdir).toHaveBeenCalled();
    } finally {
      tmpdir.mockRestore();
      await rm(folder, { recursive: true });
    }
  });

  it('ends with the signal, and stores nothing', async () => {
    const files = new OneFile();
    const lease = new AbortController();
    const { call } = ComputeThread.prototype;
    const called = jest.spyOn(ComputeThread.prototype, 'call').mockImplementation(function (this: ComputeThread, task) {
      const answer = call.call(this, task);
      lease.abort(new Error('lost'));
      return answer;
    });
    const compute = new ThreadedCompute(files);
    const store = (content: Uint8Array | Readable) => files.put('processed_data', content);
    await expect(compute.encode(files.reference, task, store, lease.signal)).rejects.toThrow('lost');
    await expect(compute.fit(files.reference, pipeline, lease.signal)).rejects.toThrow('lost');
    expect([called.mock.calls.length, files.puts]).toEqual([1, 0]);
    called.mockRestore();
  });

  it('passes on why a day cannot be fitted', async () => {
    const files = new OneFile();
    const { dataset } = pipeline;
    const columns = dataset.columns.map((column) => (column.name === 'grade' ? { ...column, name: 'gone' } : column));
    const wrong = { ...pipeline, dataset: { ...dataset, columns } };
    await expect(new ThreadedCompute(files).fit(files.reference, wrong)).rejects.toMatchObject({
      code: 'COLUMN_NOT_FOUND',
      retryable: false,
    });
  });
});

describe('a batch that is asked for again', () => {
  const batch = {
    batchId: 'd/2026-01-05',
    dataset: 'd',
    day: '2026-01-05',
    correctionOf: null,
    rows: { received: rows, accepted: rows, quarantined: 0, duplicates: 0, expected: null },
    closedBy: 'manifest' as const,
    complete: true,
    closedAt: '2026-01-06T00:00:00.000Z',
  };
  const metadata = { ...{ id: 'd@1', dataset: 'd', version: 1, digest: '', referenceDay: '', batchId: '' }, fitted };

  it('is worked on once, also while the first work is under way', async () => {
    const files = new OneFile();
    const encoder = new BatchEncoder(files, new ThreadedCompute(files));
    const ask = () =>
      encoder.encode({ ...batch, raw: files.reference }, { ...metadata, fittedAt: new Date() }, [], pipeline.quality);
    const [first, second] = await Promise.all([ask(), ask()]);
    expect(second).toEqual(first);
    expect(await ask()).toEqual(first);
    expect(files.puts).toBe(1);
  });

  it('is worked on anew after a failure', async () => {
    const files = new OneFile();
    const { put } = files;
    const encoder = new BatchEncoder(files, new ThreadedCompute(files));
    const ask = () =>
      encoder.encode({ ...batch, raw: files.reference }, { ...metadata, fittedAt: new Date() }, [], pipeline.quality);
    files.put = () => Promise.reject(new Error('the store is away'));
    await expect(ask()).rejects.toThrow('away');
    files.put = put;
    expect(await ask()).toMatchObject({ rows });
  });
});
