import { deadLetterTopic, retryTopic, type TopicContract } from './define';

const DAY = 24 * 60 * 60 * 1000;

const deadLetterRetentionMs = 90 * DAY;

/**
 * The retry topic keeps the partition count, so that a key keeps its order while it waits; and what was redriven as
 * long as the dead letters, because it tells which of them were dealt with.
 */
export function retryTopicContract(topic: TopicContract): TopicContract {
  return {
    ...topic,
    name: retryTopic(topic.name),
    retentionMs: deadLetterRetentionMs,
    cleanupPolicy: 'delete',
    description: `Redelivery of ${topic.name} to one consumer group.`,
    producers: ['consumers'],
  };
}

/** Dead letters are few and read by people: one partition, kept for a quarter. */
export function deadLetterTopicContract(topic: TopicContract): TopicContract {
  return {
    ...topic,
    name: deadLetterTopic(topic.name),
    partitions: 1,
    retentionMs: deadLetterRetentionMs,
    cleanupPolicy: 'delete',
    description: `Records of ${topic.name} that a consumer group could not handle, with origin, error code and attempts.`,
    producers: ['consumers'],
  };
}

/** The topic itself, its retry topic and its dead-letter topic: what the platform creates. */
export const withCompanions = (topic: TopicContract): TopicContract[] => [
  topic,
  retryTopicContract(topic),
  deadLetterTopicContract(topic),
];
