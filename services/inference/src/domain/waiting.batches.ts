import { batchIdOf } from '@perennial/contracts';
import { append, emptyBatch, type LoggedPrediction, sizeOf, type WaitingBatch } from './logged.prediction';

export interface BatchBounds {
  /** Predictions that may wait; then the oldest batch goes. */
  capacity: number;
  /** Of the logged inputs of all that wait; then the oldest batch goes. */
  capacityBytes: number;
  /** Predictions of one batch. */
  most: number;
  /** Of logged inputs from which a batch takes no more. */
  enoughBytes: number;
}

interface Filling {
  batch: WaitingBatch;
  bytes: number;
}

/** Predictions that wait, each in the newest batch of its pipeline; their ids tell the batch. First in, first out. */
export class WaitingBatches {
  private readonly batches: Filling[] = [];
  /** By pipeline, the batch that takes more. */
  private readonly open = new Map<string, Filling>();
  private count = 0;
  private bytes = 0;

  /** newId gives UUIDs. onDropped is told how many predictions went for a newer one. */
  constructor(
    private readonly bounds: BatchBounds,
    private readonly newId: () => string,
    private readonly onDropped: (predictions: number) => void,
  ) {}

  /** Predictions. */
  get length(): number {
    return this.count;
  }

  /** The id under which it is logged. */
  add(pipeline: string, made: LoggedPrediction): string {
    const { inputBytes = 0 } = made;
    while (this.isTooMuch(inputBytes)) this.dropOldest();
    const filling = this.open.get(pipeline) ?? this.begin(pipeline);
    const predictionId = append(filling.batch, made);
    this.count += 1;
    this.bytes += inputBytes;
    filling.bytes += inputBytes;
    if (sizeOf(filling.batch) >= this.bounds.most || filling.bytes >= this.bounds.enoughBytes) {
      this.open.delete(pipeline);
    }
    return predictionId;
  }

  /** The oldest batches, of that many predictions together or all there are; nothing is added to them any more. */
  take(predictions: number): WaitingBatch[] {
    const taken: WaitingBatch[] = [];
    for (let missing = predictions; missing > 0;) {
      const oldest = this.shift();
      if (oldest === undefined) break;
      taken.push(oldest);
      missing -= sizeOf(oldest);
    }
    return taken;
  }

  private isTooMuch(moreBytes: number): boolean {
    const { capacity, capacityBytes } = this.bounds;
    return this.count >= capacity || (this.count > 0 && this.bytes + moreBytes > capacityBytes);
  }

  private begin(pipeline: string): Filling {
    const filling = { batch: emptyBatch(batchIdOf(this.newId()), pipeline), bytes: 0 };
    this.open.set(pipeline, filling);
    this.batches.push(filling);
    return filling;
  }

  private dropOldest(): void {
    const oldest = this.shift();
    if (oldest) this.onDropped(sizeOf(oldest));
  }

  private shift(): WaitingBatch | undefined {
    const oldest = this.batches.shift();
    if (oldest === undefined) return undefined;
    const { batch, bytes } = oldest;
    if (this.open.get(batch.pipeline) === oldest) this.open.delete(batch.pipeline);
    this.count -= sizeOf(batch);
    this.bytes -= bytes;
    return batch;
  }
}
