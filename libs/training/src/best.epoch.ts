import type { EarlyStopping, EpochRecord } from './training.request';

const measures = {
  logLoss: ({ validationLogLoss }: EpochRecord) => (validationLogLoss === null ? null : -validationLogLoss),
  rocAuc: ({ validationRocAuc }: EpochRecord) => validationRocAuc,
  f1: ({ validationF1 }: EpochRecord) => validationF1,
};

/** Keeps the best epoch so far and says when to stop. What cannot be measured is never better. */
export class BestEpoch<T> {
  private best: { epoch: number; value: number; kept: T } | null = null;

  constructor(private readonly rule: EarlyStopping) {}

  /** `keep` is asked only for what is to be kept. */
  add(record: EpochRecord, keep: () => T): void {
    const value = measures[this.rule.metric](record);
    if (value === null || (this.best && value <= this.best.value)) return;
    this.best = { epoch: record.epoch, value, kept: keep() };
  }

  isOver(epoch: number): boolean {
    return this.best !== null && epoch - this.best.epoch >= this.rule.patience;
  }

  /** Null when no epoch could be measured. */
  get kept(): { epoch: number; kept: T } | null {
    return this.best;
  }
}
