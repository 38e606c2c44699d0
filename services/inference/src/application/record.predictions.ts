import { type PredictionBatch, predictionsMadeV3 } from '@perennial/contracts';
import type { PartitionSlice, Refusals } from '@perennial/messaging';
import { GatheredWrites } from './gathered.writes';
import type { LabelStore, PredictionStore } from './ports';

/** Predictions of one write, unless a batch holds more: answers wait while it is put into the database's form. */
const MOST = 1_000;

const predictionsIn = (batches: readonly PredictionBatch[]): number =>
  batches.reduce((sum, { predictions }) => sum + predictions.arm.length, 0);

/**
 * Stores published predictions; idempotent by the id of their batch. What cannot be read becomes a dead letter.
 * Pipelines that are not declared here belong to another installation on the same broker.
 */
export class RecordPredictions {
  /** Slices of several partitions come at once and are small: one write for all of them. */
  private readonly writes: GatheredWrites<PredictionBatch>;

  constructor(
    private readonly declared: { has(pipeline: string): boolean },
    predictions: PredictionStore,
    labels: Pick<LabelStore, 'join'>,
    private readonly refusals: Pick<Refusals, 'readable'>,
  ) {
    this.writes = new GatheredWrites(
      async (batches) => {
        await predictions.add(batches);
        await labels.join(batches.map(({ batchId }) => batchId));
      },
      MOST,
      predictionsIn,
    );
  }

  async run({ records }: PartitionSlice): Promise<void> {
    let own: PredictionBatch[] = [];
    for (const [at, record] of records.entries()) {
      const made = await this.refusals.readable([record], predictionsMadeV3);
      own.push(...made.map(({ event }) => event.data).filter(({ pipeline }) => this.declared.has(pipeline)));
      // Answers get their turn before it is put into the database's form.
      await new Promise((resolve) => setImmediate(resolve));
      if (own.length === 0 || (predictionsIn(own) < MOST && at < records.length - 1)) continue;
      await this.writes.add(own);
      own = [];
    }
  }
}
