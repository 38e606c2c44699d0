// Thread entry: makes one day's file, chunk by chunk.
import { workerData } from 'node:worker_threads';
import { answerCalls } from '@perennial/compute-thread';
import { DayEncoder } from '../application/day.encoder';
import type { KeptChunk } from '../application/ports';
import type { RowSchema } from '../domain/row.chunk';

const encoder = new DayEncoder(workerData as RowSchema);

answerCalls((chunk: KeptChunk | null) => {
  const bytes = chunk === null ? encoder.finish() : encoder.append(chunk);
  return { value: bytes, transfer: [bytes.buffer as ArrayBuffer] };
});
