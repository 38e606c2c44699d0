import { deadLetterTopic, retryTopic, type TopicContract } from '@perennial/contracts';
import type { ITopicConfig } from 'kafkajs';

const DAY = 24 * 60 * 60 * 1000;

/** The topics to create for the contracts: each with its retry topic (7 days) and its dead letters (90 days). */
export function planTopics(contracts: Iterable<TopicContract>, replicationFactor: number): ITopicConfig[] {
  return [...contracts].flatMap(({ name, partitions, retentionMs, cleanupPolicy }) => [
    plan(name, partitions, retentionMs, cleanupPolicy, replicationFactor),
    plan(retryTopic(name), partitions, 7 * DAY, 'delete', replicationFactor),
    plan(deadLetterTopic(name), 1, 90 * DAY, 'delete', replicationFactor),
  ]);
}

const plan = (
  topic: string,
  numPartitions: number,
  retentionMs: number,
  cleanupPolicy: string,
  replicationFactor: number,
): ITopicConfig => ({
  topic,
  numPartitions,
  replicationFactor,
  configEntries: [
    { name: 'retention.ms', value: String(retentionMs) },
    { name: 'cleanup.policy', value: cleanupPolicy },
  ],
});

/** Topics that exist with fewer partitions than planned, in words. More partitions are left as they are. */
export function tooFewPartitions(planned: readonly ITopicConfig[], existing: ReadonlyMap<string, number>): string[] {
  return planned.flatMap(({ topic, numPartitions = 1 }) => {
    const found = existing.get(topic);
    return found !== undefined && found < numPartitions
      ? [`${topic} has ${found} partitions, not ${numPartitions}`]
      : [];
  });
}
