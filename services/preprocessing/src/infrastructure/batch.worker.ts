// Thread entry: fits and encodes batches from file to file.
import { closeSync, fstatSync, openSync, readSync, writeSync } from 'node:fs';
import { type ByteRange, ParquetSource } from '@perennial/columns';
import { answerCalls } from '@perennial/compute-thread';
import type { Pipeline } from '@perennial/pipeline';
import { encodeBatch, type EncodeTask, fitBatch } from '../application/batch.work';

export type BatchRequest =
  { fit: { from: string; pipeline: Pipeline } } | { encode: { from: string; to: string; task: EncodeTask } };

function rangeOf(file: number): ByteRange {
  const byteLength = fstatSync(file).size;
  const slice = (start: number, end = byteLength) => {
    const bytes = new Uint8Array(Math.max(0, Math.min(end, byteLength) - start));
    for (let at = 0; at < bytes.length;) {
      const read = readSync(file, bytes, at, bytes.length - at, start + at);
      if (read === 0) throw new RangeError('the file ended before its length');
      at += read;
    }
    return bytes.buffer;
  };
  return { byteLength, slice };
}

async function withFile<T>(path: string, flags: 'r' | 'w', work: (file: number) => Promise<T>): Promise<T> {
  const file = openSync(path, flags, 0o600);
  try {
    return await work(file);
  } finally {
    closeSync(file);
  }
}

function writeAll(file: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length;) at += writeSync(file, bytes, at, bytes.length - at);
}

answerCalls(async (request: BatchRequest) => {
  if ('fit' in request) {
    const { from, pipeline } = request.fit;
    return {
      value: await withFile(from, 'r', async (file) => fitBatch(await ParquetSource.open(rangeOf(file)), pipeline)),
    };
  }
  const { from, to, task } = request.encode;
  const value = await withFile(from, 'r', (input) =>
    withFile(to, 'w', async (output) =>
      encodeBatch(await ParquetSource.open(rangeOf(input)), task, (bytes) => writeAll(output, bytes)),
    ),
  );
  return { value };
});
