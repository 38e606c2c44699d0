import type { BrokerRecord, PartitionSlice } from '@perennial/messaging';
import { compiledEntry, ComputeThread } from '@perennial/compute-thread';
import type { DatasetCatalogue } from '../application/dataset.catalogue';
import type { SliceSifter } from '../application/ports';
import { type SiftedShare, type SiftedSlice, siftSlice } from '../domain/sifting';
import { packSlice } from './slice.transfer';

/** What the thread answers: refused records by their place in the slice. */
export interface SiftedElsewhere {
  shares: SiftedShare[];
  refused: { index: number; code: string; message: string }[];
}

/** Smaller slices are judged at once in a few milliseconds: sooner than a thread could start. */
const MIN_BYTES = 128 * 1024;
const IDLE_MS = 60_000;
const HEAP_MIB = 192;

const bytesOf = (slice: PartitionSlice): number =>
  slice.records.reduce((sum, { value }) => sum + (value?.length ?? 0), 0);

/** Judges large slices in a thread, so that heartbeats and requests do not wait for them. */
export class ThreadedSifter implements SliceSifter {
  private readonly thread: ComputeThread;

  constructor(private readonly catalogue: DatasetCatalogue) {
    const workerData = catalogue.all().map(({ dataset, pipelines }) => ({ name: pipelines[0] ?? '', dataset }));
    const file = compiledEntry(__dirname, 'slice.worker.js');
    this.thread = new ComputeThread({ name: 'slices', file, workerData, heapMiB: HEAP_MIB, idleMs: IDLE_MS });
  }

  async sift(slice: PartitionSlice, watermarks: ReadonlyMap<string, number>): Promise<SiftedSlice> {
    if (bytesOf(slice) < MIN_BYTES) return siftSlice(slice, this.catalogue, watermarks);
    const packed = packSlice(slice);
    const transfer = [packed.bytes.buffer, packed.lengths.buffer] as ArrayBuffer[];
    const { shares, refused } = await this.thread.call<SiftedElsewhere>({ slice: packed, watermarks }, transfer);
    const recordAt = (index: number) => slice.records[index] as BrokerRecord;
    return { shares, refused: refused.map(({ index, ...refusal }) => ({ record: recordAt(index), ...refusal })) };
  }

  close(): Promise<void> {
    return this.thread.close();
  }
}
