import {
  type Clock,
  ConflictError,
  type PartitionSlice,
  type Refusals,
  type Transaction,
  type Transactor,
} from '@perennial/messaging';
import { dueAt } from '../domain/closing';
import { dayId, newDay } from '../domain/day';
import type { Refused } from '../domain/record.slice';
import { type SiftedShare, type SiftedSlice, siftSlice } from '../domain/sifting';
import { take, watermarkOf } from '../domain/taking';
import type { DatasetCatalogue } from './dataset.catalogue';
import type { DayStore, IngestionMetrics, QuarantineStore, RowStore, SliceSifter, TaskQueue } from './ports';

export interface TakeSliceDependencies {
  catalogue: DatasetCatalogue;
  days: DayStore;
  rows: RowStore;
  quarantine: QuarantineStore;
  refusals: Pick<Refusals, 'keep'>;
  transactor: Pick<Transactor, 'transact'>;
  queue: TaskQueue;
  metrics: IngestionMetrics;
  clock: Clock;
  /** Where records are judged; within the calling thread unless given. */
  sifter?: SliceSifter;
  /** Called when a day may be closed at once. */
  onDue: () => void;
}

/** Takes consecutive records of one partition: everything that they change, in one transaction. */
export class TakeSlice {
  private readonly sifter: SliceSifter;

  constructor(private readonly needs: TakeSliceDependencies) {
    this.sifter = needs.sifter ?? {
      sift: async (slice, watermarks) => siftSlice(slice, needs.catalogue, watermarks),
    };
  }

  async run(slice: PartitionSlice): Promise<void> {
    const stream = `${slice.topic}/${slice.partition}`;
    const watermarks = new Map<string, number>();
    const { shares, refused } = await this.siftNew(slice, stream, watermarks);
    for (const refusal of refused) await this.keepRefused(refusal);
    if (shares.length > 0) await this.commit(stream, shares, watermarks);
  }

  /** Fills in the watermarks of the days concerned. Redelivery is rare: only then records are judged a second time. */
  private async siftNew(slice: PartitionSlice, stream: string, watermarks: Map<string, number>): Promise<SiftedSlice> {
    const sifted = await this.sifter.sift(slice, watermarks);
    let known = false;
    for (const { dataset, day, firstOffset } of sifted.shares) {
      const watermark = watermarkOf((await this.needs.days.load(dataset, day))?.day ?? null, stream);
      watermarks.set(dayId(dataset, day), watermark);
      known ||= firstOffset <= watermark;
    }
    return known ? this.sifter.sift(slice, watermarks) : sifted;
  }

  private async keepRefused(refused: Refused): Promise<void> {
    await this.needs.refusals.keep(refused.record, refused);
    this.needs.metrics.refused(refused.code);
  }

  private async commit(
    stream: string,
    shares: readonly SiftedShare[],
    watermarks: ReadonlyMap<string, number>,
  ): Promise<void> {
    let due = false;
    await this.needs.queue.run(() =>
      this.needs.transactor.transact(async (transaction) => {
        due = false;
        for (const share of shares) due = (await this.write(stream, share, watermarks, transaction)) || due;
        return [];
      }),
    );
    for (const { dataset, rows, quarantined } of shares) {
      this.needs.metrics.taken(dataset, rows, quarantined.length);
    }
    if (due) this.needs.onDue();
  }

  /** True when the day is due at once. */
  private async write(
    stream: string,
    share: SiftedShare,
    watermarks: ReadonlyMap<string, number>,
    transaction: Transaction,
  ): Promise<boolean> {
    const { days, rows, quarantine, clock, catalogue } = this.needs;
    const { dataset: name, day, quarantined, lastOffset, manifest } = share;
    const stored = await days.load(name, day, transaction);
    if (watermarkOf(stored?.day ?? null, stream) !== watermarks.get(dayId(name, day))) {
      throw new ConflictError(`${name}/${day}: another consumer took records of ${stream} meanwhile`);
    }
    const now = clock.now();
    const intake = { stream, lastOffset, rows: share.rows, quarantined: quarantined.length, manifest };
    const taken = take(stored?.day ?? newDay(name, day), intake, now);
    if (taken.batch !== null) {
      const key = { dataset: name, day, batch: taken.batch };
      await rows.append(key, stream, share.chunks, transaction);
      await quarantine.append(key, stream, quarantined, now, transaction);
    }
    const policy = catalogue.get(name)?.dataset.closing;
    if (!policy) throw new RangeError(`no pipeline declares dataset ${name}`);
    const due = dueAt(taken.day, policy, now);
    await days.save(taken.day, stored?.revision ?? null, due, transaction);
    return due !== null && due <= now;
  }
}
