import { type PredictionBatch, predictionsMadeV3 } from '@perennial/contracts';
import type { PartitionSlice, Refusals } from '@perennial/messaging';
import { GatheredWrites } from './gathered.writes';
import type { LabelStore, PredictionStore } from './ports';

/** Of one write: answers wait while it is put into the database's form. */
const MOST_BATCHES = 2;

/**
 * Stores published predictions; idempotent by the id of their batch. What cannot be read becomes a dead letter.
 * Pipelines that are not declared here belong to another installation on the same broker.
 */
export class RecordPredictions {
  private readonly writes: GatheredWrites<PredictionBatch>;

  constructor(
    private readonly declared: { has(pipeline: string): boolean },
    predictions: PredictionStore,
    labels: Pick<LabelStore, 'join'>,
    private readonly refusals: Pick<Refusals, 'readable'>,
  ) {
    // Slices of several partitions come at once and are small: one write for all of them.
    this.writes = new GatheredWrites(async (batches) => {
      await predictions.add(batches);
      await labels.join(batches.map(({ batchId }) => batchId));
    }, MOST_BATCHES);
  }

  async run({ records }: PartitionSlice): Promise<void> {
    for (let start = 0; start < records.length; start += MOST_BATCHES) {
      const own: PredictionBatch[] = [];
      for (const record of records.slice(start, start + MOST_BATCHES)) {
        const made = await this.refusals.readable([record], predictionsMadeV3);
        own.push(...made.map(({ event }) => event.data).filter(({ pipeline }) => this.declared.has(pipeline)));
        // Answers get their turn between two batches.
        if (records.length > 1) await new Promise((resolve) => setImmediate(resolve));
      }
      if (own.length > 0) await this.writes.add(own);
    }
  }
}
