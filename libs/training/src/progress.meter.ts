import type { TrainingProgress } from './training.request';

const REPORT_EVERY_MS = 1000;

export interface MeterOptions {
  /** Monotonic milliseconds. */
  readonly now: () => number;
  readonly onProgress?: (progress: TrainingProgress) => void;
}

/** What was done so far. */
export interface MeterReading {
  readonly steps: number;
  readonly rows: number;
  readonly trainingMs: number;
  /** With validation. */
  readonly elapsedMs: number;
}

export const NOTHING_DONE: MeterReading = { steps: 0, rows: 0, trainingMs: 0, elapsedMs: 0 };

/** Counts steps and rows, and reports about once a second. */
export class ProgressMeter {
  private readonly began: number;
  private readonly steps: number;
  private reported: number;
  private step: number;
  private rows: number;
  private trainingMs: number;
  private recentLoss = 0;
  private recentRows = 0;

  constructor(
    private readonly epochs: number,
    private readonly rowsPerEpoch: number,
    batch: number,
    private readonly options: MeterOptions,
    before: MeterReading = NOTHING_DONE,
  ) {
    this.steps = epochs * Math.ceil(rowsPerEpoch / batch);
    this.reported = options.now();
    this.began = this.reported - before.elapsedMs;
    this.step = before.steps;
    this.rows = before.rows;
    this.trainingMs = before.trainingMs;
  }

  get reading(): MeterReading {
    const { step: steps, rows, trainingMs } = this;
    return { steps, rows, trainingMs, elapsedMs: this.options.now() - this.began };
  }

  start(): number {
    return this.options.now();
  }

  /** Counts what was done since `started`; `lossOverRows` is the sum of the loss over `rows`. */
  add(started: number, epoch: number, steps: number, rows: number, lossOverRows: number): void {
    const now = this.options.now();
    this.trainingMs += now - started;
    this.step += steps;
    this.rows += rows;
    this.recentLoss += lossOverRows;
    this.recentRows += rows;
    if (now - this.reported < REPORT_EVERY_MS && this.step < this.steps) return;
    this.reported = now;
    this.report(epoch);
  }

  private report(epoch: number): void {
    const rowsPerSecond = this.rowsPerSecond();
    this.options.onProgress?.({
      epoch,
      epochs: this.epochs,
      step: this.step,
      steps: this.steps,
      loss: this.recentLoss / this.recentRows,
      rowsPerSecond,
      secondsLeft: (this.epochs * this.rowsPerEpoch - this.rows) / rowsPerSecond,
    });
    this.recentLoss = 0;
    this.recentRows = 0;
  }

  rowsPerSecond(): number {
    return this.rows / Math.max(this.trainingMs / 1000, 1e-9);
  }

  seconds(): number {
    return (this.options.now() - this.began) / 1000;
  }
}
