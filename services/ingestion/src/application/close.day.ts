import { batchClosedV1, type FileReference } from '@perennial/contracts';
import { type Clock, emit, type OutgoingEvent, type Transaction, type Transactor } from '@perennial/messaging';
import { count, cut, dueAt, finish, isComplete, isWorthless, review } from '../domain/closing';
import { type Batch, batchId, closingBatches, type Day, dayId, received } from '../domain/day';
import type { BatchAssembly } from './batch.assembly';
import type { DatasetCatalogue } from './dataset.catalogue';
import type { DayStore, IngestionMetrics, StoredOutcome, TaskQueue } from './ports';

export interface CloseDayDependencies {
  catalogue: DatasetCatalogue;
  days: DayStore;
  assembly: BatchAssembly;
  transactor: Pick<Transactor, 'transact'>;
  queue: TaskQueue;
  metrics: IngestionMetrics;
  clock: Clock;
}

/** A decision about a day as it is now, inside the transaction; null changes nothing. */
type Change = (
  day: Day,
  now: Date,
) => { day: Day; events?: OutgoingEvent[]; write?: (transaction: Transaction) => Promise<void> } | null;

/** Each step of a day's closing is a transaction of its own, so a crash between two is picked up where it was. */
export class CloseDay {
  constructor(private readonly needs: CloseDayDependencies) {}

  /** Takes the day as far as it can be taken now. */
  async run(dataset: string, day: string, signal: AbortSignal): Promise<void> {
    while (!signal.aborted && (await this.step(dataset, day, signal)));
  }

  /** False when nothing is left to do for now. */
  private async step(name: string, dayName: string, signal: AbortSignal): Promise<boolean> {
    const policy = this.needs.catalogue.get(name)?.dataset.closing;
    const stored = await this.needs.days.load(name, dayName);
    if (!policy || !stored) return false;
    const { day } = stored;
    // In order: a correction drops what the batches before it hold.
    const [closing] = closingBatches(day);
    if (closing) return this.store(day, closing, signal);
    const reviewed = review(day, policy, this.needs.clock.now());
    if (reviewed.action === 'count') return this.count(day, signal);
    if (reviewed.action === 'wait') {
      await this.change(name, dayName, (current) => ({ day: current }));
      return false;
    }
    return this.change(name, dayName, (current, now) => {
      const again = review(current, policy, now);
      return again.action === 'cut' ? { day: cut(current, again.by) } : null;
    });
  }

  private async count(day: Day, signal: AbortSignal): Promise<boolean> {
    const batch = day.batches.at(-1);
    if (!batch) return false;
    const distinct = await this.needs.assembly.countDistinct(day, batch, signal);
    const result = { batch: batch.number, received: received(batch), distinct };
    return this.change(day.dataset, day.day, (current) => ({ day: count(current, result) }));
  }

  private async store(day: Day, batch: Batch, signal: AbortSignal): Promise<boolean> {
    const { counts, distinct, file } = await this.needs.assembly.assemble(day, batch, signal);
    const raw = isWorthless(batch, counts) ? null : await file();
    const changed = await this.change(day.dataset, day.day, (current, now) => {
      const outcome: StoredOutcome = { counts, complete: isComplete(batch, distinct), closedAt: now, raw };
      const finished = finish(current, batch.number, outcome);
      if (!finished) return null;
      const events = raw ? [closedEvent(current, batch, outcome, raw)] : [];
      return { day: finished, events, write: (transaction) => this.needs.assembly.release(day, batch, transaction) };
    });
    if (changed && raw) this.needs.metrics.closed(day.dataset, batch.closedBy ?? 'grace', counts);
    return changed;
  }

  private async change(dataset: string, day: string, decide: Change): Promise<boolean> {
    const { days, transactor, queue, clock, catalogue } = this.needs;
    const policy = catalogue.get(dataset)?.dataset.closing;
    let changed = false;
    await queue.run(() =>
      transactor.transact(async (transaction) => {
        const now = clock.now();
        const stored = await days.load(dataset, day, transaction);
        const decided = stored && decide(stored.day, now);
        changed = decided !== null;
        if (!stored || !decided || !policy) return [];
        await days.save(decided.day, stored.revision, dueAt(decided.day, policy, now), transaction);
        await decided.write?.(transaction);
        return decided.events ?? [];
      }),
    );
    return changed;
  }
}

function closedEvent(day: Day, batch: Batch, outcome: StoredOutcome, raw: FileReference): OutgoingEvent {
  return emit(batchClosedV1, {
    batchId: batchId(day, batch.number),
    dataset: day.dataset,
    day: day.day,
    correctionOf: batch.number === 0 ? null : dayId(day.dataset, day.day),
    raw,
    rows: { ...outcome.counts, expected: batch.manifest?.rows ?? null },
    closedBy: batch.closedBy ?? 'grace',
    complete: outcome.complete,
    closedAt: outcome.closedAt.toISOString(),
  });
}
