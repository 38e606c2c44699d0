import { batchIdOf, type LoggedPrediction, predictionIdAt, type WaitingBatch } from './logged.prediction';

export interface BatchBounds {
  /** Predictions that may wait; then the oldest batch goes. */
  capacity: number;
  /** Predictions of one batch. */
  most: number;
}

/** Predictions that wait, each in the newest batch of its pipeline; their ids tell the batch. First in, first out. */
export class WaitingBatches {
  private readonly batches: WaitingBatch[] = [];
  /** By pipeline, the batch that takes more. */
  private readonly open = new Map<string, WaitingBatch>();
  private count = 0;

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
    if (this.count >= this.bounds.capacity) this.onDropped(this.shift()?.predictions.length ?? 0);
    const { batchId, predictions } = this.open.get(pipeline) ?? this.begin(pipeline);
    const predictionId = predictionIdAt(batchId, predictions.length);
    predictions.push({ predictionId, ...made });
    this.count += 1;
    if (predictions.length >= this.bounds.most) this.open.delete(pipeline);
    return predictionId;
  }

  /** The oldest batches, of that many predictions together or all there are; nothing is added to them any more. */
  take(predictions: number): WaitingBatch[] {
    const taken: WaitingBatch[] = [];
    for (let missing = predictions; missing > 0;) {
      const oldest = this.shift();
      if (oldest === undefined) break;
      taken.push(oldest);
      missing -= oldest.predictions.length;
    }
    return taken;
  }

  private begin(pipeline: string): WaitingBatch {
    const batch = { batchId: batchIdOf(this.newId()), pipeline, predictions: [] };
    this.open.set(pipeline, batch);
    this.batches.push(batch);
    return batch;
  }

  private shift(): WaitingBatch | undefined {
    const oldest = this.batches.shift();
    if (oldest === undefined) return undefined;
    if (this.open.get(oldest.pipeline) === oldest) this.open.delete(oldest.pipeline);
    this.count -= oldest.predictions.length;
    return oldest;
  }
}
