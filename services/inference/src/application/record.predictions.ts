import { predictionMadeV1 } from '@perennial/contracts';
import {
  type BrokerRecord,
  type Clock,
  decodeAs,
  DecodeError,
  type DeadLetters,
  type PartitionSlice,
} from '@perennial/messaging';
import { GatheredWrites } from './gathered.writes';
import type { PredictionRecord, PredictionStore } from './ports';

/**
 * Stores published predictions; idempotent by prediction id. What cannot be read becomes a dead letter. Pipelines that
 * are not declared here belong to another installation on the same broker.
 */
export class RecordPredictions {
  private readonly writes: GatheredWrites<PredictionRecord>;

  constructor(
    private readonly declared: { has(pipeline: string): boolean },
    predictions: PredictionStore,
    private readonly deadLetters: DeadLetters,
    private readonly clock: Clock,
    private readonly group: string,
  ) {
    // Slices of several partitions come at once and are small: one write for all of them.
    this.writes = new GatheredWrites((made) => predictions.add(made));
  }

  async run({ records }: PartitionSlice): Promise<void> {
    const readable: PredictionRecord[] = [];
    for (const record of records) {
      try {
        readable.push(decodeAs(record, predictionMadeV1).data);
      } catch (error) {
        await this.refuse(record, error);
      }
    }
    const own = readable.filter(({ pipeline }) => this.declared.has(pipeline));
    if (own.length > 0) await this.writes.add(own);
  }

  private async refuse(record: BrokerRecord, error: unknown): Promise<void> {
    if (!(error instanceof DecodeError)) throw error;
    const { code, message } = error;
    const failedAt = this.clock.now();
    await this.deadLetters.add({ record, group: this.group, code, message, attempts: 1, failedAt });
  }
}
