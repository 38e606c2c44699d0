import { predictionMadeV2 } from '@perennial/contracts';
import type { PartitionSlice, Refusals } from '@perennial/messaging';
import { GatheredWrites } from './gathered.writes';
import type { LabelStore, PredictionRecord, PredictionStore } from './ports';

/**
 * Stores published predictions; idempotent by prediction id. What cannot be read becomes a dead letter. Pipelines that
 * are not declared here belong to another installation on the same broker.
 */
export class RecordPredictions {
  private readonly writes: GatheredWrites<PredictionRecord>;

  constructor(
    private readonly declared: { has(pipeline: string): boolean },
    predictions: PredictionStore,
    labels: Pick<LabelStore, 'join'>,
    private readonly refusals: Pick<Refusals, 'readable'>,
  ) {
    // Slices of several partitions come at once and are small: one write for all of them.
    this.writes = new GatheredWrites(async (made) => {
      await predictions.add(made);
      await labels.join(made.map(({ predictionId }) => predictionId));
    });
  }

  async run({ records }: PartitionSlice): Promise<void> {
    const read = await this.refusals.readable(records, predictionMadeV2);
    const made = read.map(({ event }) => event.data);
    const own = made.filter(({ pipeline }) => this.declared.has(pipeline));
    if (own.length > 0) await this.writes.add(own);
  }
}
