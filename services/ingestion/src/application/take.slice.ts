import {
  type Clock,
  ConflictError,
  type DeadLetters,
  type PartitionSlice,
  type Transaction,
  type Transactor,
} from '@perennial/messaging';
import { dueAt } from '../domain/closing';
import { newDay } from '../domain/day';
import { groupByDay, readSlice, type Refused } from '../domain/record.slice';
import { chunkRows } from '../domain/row.chunk';
import { sift, type Sifted } from '../domain/sifting';
import { take, watermarkOf } from '../domain/taking';
import type { CataloguedDataset, DatasetCatalogue } from './dataset.catalogue';
import type { DayStore, IngestionMetrics, PackedChunk, QuarantineStore, RowStore } from './ports';
import type { SerialQueue } from './serial.queue';

/** A slice's share of one day, judged and compressed, ready to be written. */
interface Prepared {
  dataset: CataloguedDataset;
  day: string;
  watermark: number;
  sifted: Sifted;
  chunks: PackedChunk[];
}

export interface TakeSliceDependencies {
  catalogue: DatasetCatalogue;
  days: DayStore;
  rows: RowStore;
  quarantine: QuarantineStore;
  deadLetters: DeadLetters;
  transactor: Pick<Transactor, 'transact'>;
  queue: SerialQueue;
  metrics: IngestionMetrics;
  clock: Clock;
  /** Consumer group, as dead letters name it. */
  group: string;
  /** Called when a day may be closed at once. */
  onDue: () => void;
}

/** Takes consecutive records of one partition: everything that they change, in one transaction. */
export class TakeSlice {
  constructor(private readonly needs: TakeSliceDependencies) {}

  async run({ topic, partition, records }: PartitionSlice): Promise<void> {
    const stream = `${topic}/${partition}`;
    const { entries, refused } = readSlice(records, this.needs.catalogue);
    for (const refusal of refused) await this.keepRefused(refusal);
    const prepared: Prepared[] = [];
    for (const group of groupByDay(entries)) {
      const dataset = this.needs.catalogue.get(group.dataset);
      const share = dataset && (await this.prepare(dataset, group.day, group.entries, stream));
      if (share) prepared.push(share);
    }
    if (prepared.length > 0) await this.commit(stream, prepared);
  }

  private async keepRefused({ record, code, message }: Refused): Promise<void> {
    const { deadLetters, clock, group } = this.needs;
    await deadLetters.add({ record, group, code, message, attempts: 1, failedAt: clock.now() });
    this.needs.metrics.refused(code);
  }

  private async prepare(
    dataset: CataloguedDataset,
    day: string,
    entries: Parameters<typeof sift>[0],
    stream: string,
  ): Promise<Prepared | null> {
    const stored = await this.needs.days.load(dataset.dataset.name, day);
    const watermark = watermarkOf(stored?.day ?? null, stream);
    const sifted = sift(entries, watermark, dataset.validate, dataset.dataset.recordId);
    if (!sifted) return null;
    const chunks = await this.needs.rows.pack(chunkRows(sifted.rows, dataset.columns));
    return { dataset, day, watermark, sifted, chunks };
  }

  private async commit(stream: string, prepared: readonly Prepared[]): Promise<void> {
    let due = false;
    await this.needs.queue.run(() =>
      this.needs.transactor.transact(async (transaction) => {
        due = false;
        for (const share of prepared) due = (await this.write(stream, share, transaction)) || due;
        return [];
      }),
    );
    for (const { dataset, sifted } of prepared) {
      this.needs.metrics.taken(dataset.dataset.name, sifted.rows.length, sifted.quarantined.length);
    }
    if (due) this.needs.onDue();
  }

  /** True when the day is due at once. */
  private async write(stream: string, share: Prepared, transaction: Transaction): Promise<boolean> {
    const { days, rows, quarantine, clock } = this.needs;
    const { dataset, day, sifted, chunks } = share;
    const name = dataset.dataset.name;
    const stored = await days.load(name, day, transaction);
    if (watermarkOf(stored?.day ?? null, stream) !== share.watermark) {
      throw new ConflictError(`${name}/${day}: another consumer took records of ${stream} meanwhile`);
    }
    const now = clock.now();
    const intake = {
      stream,
      lastOffset: sifted.lastOffset,
      rows: sifted.rows.length,
      quarantined: sifted.quarantined.length,
      manifest: sifted.manifest,
    };
    const taken = take(stored?.day ?? newDay(name, day), intake, now);
    if (taken.batch !== null) {
      const key = { dataset: name, day, batch: taken.batch };
      await rows.append(key, stream, chunks, transaction);
      await quarantine.append(key, stream, sifted.quarantined, now, transaction);
    }
    const due = dueAt(taken.day, dataset.dataset.closing, now);
    await days.save(taken.day, stored?.revision ?? null, due, transaction);
    return due !== null && due <= now;
  }
}
