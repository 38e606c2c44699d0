import { ParquetSource } from '@perennial/columns';
import { encodeBatch, fitBatch } from './batch.work';
import type { BatchCompute, FileStore } from './ports';

/** Within the calling thread, the whole file in memory: for batches of few rows. */
export const computeHere = (files: Pick<FileStore, 'get'>): BatchCompute => ({
  fit: async (raw, pipeline) => fitBatch(await ParquetSource.open(await files.get(raw)), pipeline),
  encode: async (raw, task, store) => {
    const pieces: Uint8Array[] = [];
    const source = await ParquetSource.open(await files.get(raw));
    const encoded = await encodeBatch(source, task, (bytes) => pieces.push(bytes));
    return store(Buffer.concat(pieces), encoded);
  },
});
