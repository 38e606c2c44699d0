// Thread entry: fits and encodes batches from file to file.
import { fstatSync, readSync, writeSync } from 'node:fs';
import { type ByteRange, ParquetSource } from '@perennial/columns';
import { answerCalls } from '@perennial/compute-thread';
import type { Pipeline } from '@perennial/pipeline';
import { encodeBatch, type EncodeTask, fitBatch } from '../application/batch.work';

/** `from` and `to` are descriptors of files that the process has open; threads share them. */
export type BatchRequest =
  { fit: { from: number; pipeline: Pipeline } } | { encode: { from: number; to: number; task: EncodeTask } };

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

function writeAll(file: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length;) at += writeSync(file, bytes, at, bytes.length - at);
}

answerCalls(async (request: BatchRequest) => {
  if ('fit' in request) {
    const { from, pipeline } = request.fit;
    return { value: await fitBatch(await ParquetSource.open(rangeOf(from)), pipeline) };
  }
  const { from, to, task } = request.encode;
  const source = await ParquetSource.open(rangeOf(from));
  return { value: await encodeBatch(source, task, (bytes) => writeAll(to, bytes)) };
});
