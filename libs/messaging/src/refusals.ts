import type { EventContract } from '@perennial/contracts';
import { decodeAs } from './decode';
import type { EventEnvelope } from './envelope';
import { DecodeError } from './errors';
import type { MessagingMetrics } from './metrics';
import type { Clock, DeadLetters, Logger } from './ports';
import type { BrokerRecord } from './record';

export interface RefusalOptions {
  readonly deadLetters: DeadLetters;
  /** Whose records they are, as dead letters name it. */
  readonly group: string;
  readonly clock: Clock;
  readonly metrics: Pick<MessagingMetrics, 'deadLettered'>;
  readonly logger: Logger;
}

/** Refusals of a consumer group. */
export type RefusalsOf = (group: string) => Refusals;

/** Keeps what a consumer of whole slices cannot read; `deadLetter` does so for handlers of single events. */
export class Refusals {
  constructor(private readonly options: RefusalOptions) {}

  /** Once the record is a dead letter, counted and logged. */
  async keep(record: BrokerRecord, { code, message }: { code: string; message: string }): Promise<void> {
    const { deadLetters, group, clock, metrics, logger } = this.options;
    await deadLetters.add({ record, group, code, message, attempts: 1, failedAt: clock.now() });
    metrics.deadLettered({ destination: record.topic, group, error: code });
    const { topic, partition, offset } = record;
    logger.error({ code, reason: message, topic, partition, offset }, 'Record moved to the dead letters');
  }

  /** The events of a contract, in any version, in the order of their records. All other records are kept. */
  async readable<T>(
    records: readonly BrokerRecord[],
    contract: EventContract<T>,
  ): Promise<{ record: BrokerRecord; event: EventEnvelope<T> }[]> {
    const read: { record: BrokerRecord; event: EventEnvelope<T> }[] = [];
    for (const record of records) {
      try {
        read.push({ record, event: decodeAs(record, contract) });
      } catch (error) {
        if (!(error instanceof DecodeError)) throw error;
        await this.keep(record, error);
      }
    }
    return read;
  }
}
