import { predictionMadeV1, predictionsMadeV1 } from '@perennial/contracts';
import { type BrokerRecord, isVersionOf, type PartitionSlice, type Refusals } from '@perennial/messaging';
import type { PredictionBatch } from '../domain/logged.prediction';
import { GatheredWrites } from './gathered.writes';
import type { PredictionRecord, PredictionStore } from './ports';

/**
 * Stores published predictions; idempotent by the id of their batch. What cannot be read becomes a dead letter.
 * Pipelines that are not declared here belong to another installation on the same broker.
 */
export class RecordPredictions {
  private readonly writes: GatheredWrites<PredictionBatch>;

  constructor(
    private readonly declared: { has(pipeline: string): boolean },
    predictions: PredictionStore,
    private readonly refusals: Pick<Refusals, 'readable'>,
  ) {
    // Slices of several partitions come at once and are small: one write for all of them.
    this.writes = new GatheredWrites((batches) => predictions.add(batches));
  }

  async run({ records }: PartitionSlice): Promise<void> {
    const single = records.filter(isSingle);
    const batches = await this.refusals.readable(
      single.length > 0 ? records.filter(isBatch) : records,
      predictionsMadeV1,
    );
    const alone = await this.refusals.readable(single, predictionMadeV1);
    const made = [...batches.map(({ event }) => event.data), ...alone.map(({ event }) => batchOf(event.data))];
    const own = made.filter(({ pipeline }) => this.declared.has(pipeline));
    if (own.length > 0) await this.writes.add(own);
  }
}

/** A replica of the release before sends each prediction in an event of its own. */
const isSingle = ({ headers }: BrokerRecord): boolean =>
  isVersionOf(headers.ce_type?.toString('utf8') ?? '', predictionMadeV1);
const isBatch = (record: BrokerRecord): boolean => !isSingle(record);

const batchOf = ({ pipeline, replicaId, ...made }: PredictionRecord): PredictionBatch => ({
  ...{ batchId: made.predictionId, pipeline, replicaId },
  predictions: [made],
});
