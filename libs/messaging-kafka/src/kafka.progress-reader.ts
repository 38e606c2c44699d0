import type { GroupProgress, Logger, ProgressReader } from '@perennial/messaging';
import type { Admin } from 'kafkajs';
import { toMessagingError } from './broker.errors';
import { createClient } from './client.factory';
import { lagOf } from './consumer.lag';
import type { KafkaConfig } from './kafka.config';
import { within } from './time.limit';

/** Keeps its connection between readings; after a failed one it connects anew. */
export class KafkaProgressReader implements ProgressReader {
  private admin: Admin | undefined;

  constructor(
    private readonly config: KafkaConfig,
    private readonly logger: Logger,
  ) {}

  async read(group: string, topics: readonly string[]): Promise<GroupProgress> {
    try {
      const admin = await this.connected();
      const progress = { lag: 0, handled: 0 };
      for (const { topic, partitions } of await admin.fetchOffsets({ groupId: group, topics: [...topics] })) {
        const ends = new Map((await admin.fetchTopicOffsets(topic)).map((range) => [range.partition, range]));
        for (const { partition, offset } of partitions) {
          const { low = '0', high = '0' } = ends.get(partition) ?? {};
          const { lag } = lagOf({ group, topic, partition }, offset, low, high);
          progress.lag += lag;
          progress.handled += Number(high) - lag;
        }
      }
      return progress;
    } catch (error) {
      await this.close();
      throw toMessagingError(error, `read the progress of ${group}`);
    }
  }

  async close(): Promise<void> {
    const { admin } = this;
    this.admin = undefined;
    if (admin) await within(5_000, admin.disconnect()).catch(() => {});
  }

  private async connected(): Promise<Admin> {
    if (this.admin) return this.admin;
    const admin = createClient(this.config, this.logger).admin();
    this.admin = admin;
    await admin.connect();
    return admin;
  }
}
