// Thread entry: judges the records of slices.
import { workerData } from 'node:worker_threads';
import type { Dataset } from '@perennial/pipeline';
import { answerCalls } from '@perennial/compute-thread';
import { DatasetCatalogue } from '../application/dataset.catalogue';
import { siftSlice } from '../domain/sifting';
import { type PackedSlice, unpackSlice } from './slice.transfer';
import type { SiftedElsewhere } from './threaded.sifter';

const catalogue = new DatasetCatalogue(workerData as { name: string; dataset: Dataset }[]);

answerCalls(({ slice, watermarks }: { slice: PackedSlice; watermarks: ReadonlyMap<string, number> }) => {
  const records = unpackSlice(slice);
  const { shares, refused } = siftSlice({ records }, catalogue, watermarks);
  const positions = new Map(records.map((record, index) => [record, index]));
  const value: SiftedElsewhere = {
    shares,
    refused: refused.map(({ record, code, message }) => ({ index: positions.get(record) as number, code, message })),
  };
  const buffers = shares.flatMap(({ chunks }) => chunks.flatMap(({ ids, data }) => [ids.buffer, data.buffer]));
  return { value, transfer: buffers as ArrayBuffer[] };
});
