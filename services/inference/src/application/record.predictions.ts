import { predictionMadeV1, predictionsMadeV2 } from '@perennial/contracts';
import { type BrokerRecord, isVersionOf, type PartitionSlice, type Refusals } from '@perennial/messaging';
import { batchIdOf, type PredictionBatch } from '../domain/logged.prediction';
import { GatheredWrites } from './gathered.writes';
import type { LabelStore, PredictionRecord, PredictionStore } from './ports';

/** Of one write: answers wait while it is put into the database's form. */
const MOST_BATCHES = 5;

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
        const made = await this.read(record);
        own.push(...made.filter(({ pipeline }) => this.declared.has(pipeline)));
        // Answers get their turn between two batches.
        if (records.length > 1) await new Promise((resolve) => setImmediate(resolve));
      }
      if (own.length > 0) await this.writes.add(own);
    }
  }

  private async read(record: BrokerRecord): Promise<PredictionBatch[]> {
    if (!isSingle(record)) {
      return (await this.refusals.readable([record], predictionsMadeV2)).map(({ event }) => event.data);
    }
    return (await this.refusals.readable([record], predictionMadeV1)).map(({ event }) => batchOf(event.data));
  }
}

/** A replica of the release before sends each prediction in an event of its own. */
const isSingle = ({ headers }: BrokerRecord): boolean =>
  isVersionOf(headers.ce_type?.toString('utf8') ?? '', predictionMadeV1);

const batchOf = ({ pipeline, replicaId, ...made }: PredictionRecord): PredictionBatch => ({
  ...{ batchId: batchIdOf(made.predictionId), pipeline, replicaId },
  predictions: [made],
});
