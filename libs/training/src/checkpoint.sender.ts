export interface CheckpointSink {
  /** Monotonic milliseconds. */
  readonly now: () => number;
  /** Takes a resume checkpoint; a promise resolves when it can take the next one. */
  readonly onCheckpoint?: (checkpoint: Uint8Array) => void | Promise<void>;
}

/** Making checkpoints takes at most this share of the time. */
const SHARE = 0.05;

/** Decides between calls whether a resume checkpoint is made. One is on its way at a time, so memory stays bounded. */
export class CheckpointSender {
  private made: number;
  private earliest = -Infinity;
  private onItsWay = false;
  private epochEnded = false;

  constructor(
    /** Between checkpoints within an epoch; without it none is made at all. */
    private readonly seconds: number | undefined,
    private readonly sink: CheckpointSink,
  ) {
    this.made = sink.now();
  }

  /** One at the end of an epoch that cannot be made yet is made later. */
  offer(atEpochEnd: boolean, encode: () => Uint8Array): void {
    if (!this.sink.onCheckpoint || this.seconds === undefined) return;
    this.epochEnded ||= atEpochEnd;
    const started = this.sink.now();
    const due = this.epochEnded || started - this.made >= this.seconds * 1000;
    if (!due || this.onItsWay || started < this.earliest) return;
    const sent = this.sink.onCheckpoint(encode());
    this.made = this.sink.now();
    this.earliest = this.made + (this.made - started) * (1 / SHARE - 1);
    this.epochEnded = false;
    if (!sent) return;
    this.onItsWay = true;
    const arrived = () => void (this.onItsWay = false);
    // What could not be sent is not needed any more: its receiver is gone.
    sent.then(arrived, arrived);
  }
}
