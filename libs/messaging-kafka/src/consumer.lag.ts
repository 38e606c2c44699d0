import type { Logger } from '@perennial/messaging';
import { createClient } from './client.factory';
import type { KafkaConfig } from './kafka.config';
import { explainFailure } from './connection.diagnosis';
import { within } from './time.limit';

export interface PartitionLag {
  group: string;
  topic: string;
  partition: number;
  /** Offset of the next record to read; null when the group never committed. */
  committed: string | null;
  end: string;
  /** Records not yet handled. */
  lag: number;
}

export async function consumerLag(
  config: KafkaConfig,
  groups: readonly { group: string; topics: readonly string[] }[],
  logger: Logger,
): Promise<PartitionLag[]> {
  const admin = createClient(config, logger).admin();
  try {
    await admin.connect();
    const lags: PartitionLag[] = [];
    for (const { group, topics } of groups) {
      const committed = await admin.fetchOffsets({ groupId: group, topics: [...topics] });
      for (const { topic, partitions } of committed) {
        const ends = await admin.fetchTopicOffsets(topic);
        for (const { partition, offset } of partitions) {
          const range = ends.find((each) => each.partition === partition);
          lags.push(lagOf({ group, topic, partition }, offset, range?.low ?? '0', range?.high ?? '0'));
        }
      }
    }
    return lags;
  } catch (error) {
    throw await explainFailure(error, 'read consumer lag', config, logger);
  } finally {
    await within(5_000, admin.disconnect()).catch(() => {});
  }
}

/** Kafka reports −1 for a group that never committed: everything kept is still to be read. */
export function lagOf(
  at: { group: string; topic: string; partition: number },
  committed: string,
  low: string,
  end: string,
): PartitionLag {
  const position = BigInt(committed) < 0n ? BigInt(low) : BigInt(committed);
  const lag = BigInt(end) - position;
  return { ...at, committed: BigInt(committed) < 0n ? null : committed, end, lag: Number(lag < 0n ? 0n : lag) };
}
