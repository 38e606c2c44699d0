import {
  deadLetterTopic,
  type PredictionBatch,
  predictionsMadeV3,
  predictionsOf,
  recordsPushedV1,
  replicaReportedV1,
  runProgressedV1,
  topics,
  withCompanions,
} from '@perennial/contracts';
import type { ObservedDeadLetter, ObservedEvent } from '@perennial/integrity';
import {
  type BrokerRecord,
  decodeEnvelope,
  type EventEnvelope,
  isVersionOf,
  redriveGroupHeader,
} from '@perennial/messaging';
import { fromDeadLetterRecord } from '@perennial/messaging-kafka';
import { ServedFold } from './served.fold';
import type { SubmittedRows } from './submitted.rows';

/** Too many to keep, and each replaces the one before. */
export const foldedTopics: readonly string[] = [
  ...[topics.records, topics.predictions, topics.replicas, topics.observations, topics.labels],
].map(({ name }) => name);

/** Every topic of the platform with its retries and dead letters. */
export const topicsToRead: readonly string[] = Object.values(topics)
  .flatMap(withCompanions)
  .map(({ name }) => name);

function decoded(record: BrokerRecord): EventEnvelope | null {
  try {
    return decodeEnvelope(record);
  } catch {
    return null;
  }
}

const isDeadLetter = (topic: string): boolean => topic.endsWith(deadLetterTopic(''));
const isFolded = (topic: string): boolean => foldedTopics.includes(topic.replace(/\.retry$/, ''));

/** Keeps the events that the guarantees are about, and of the others only what is asked of them. */
export class TopicFold {
  readonly events: ObservedEvent[] = [];
  readonly deadLetters: ObservedDeadLetter[] = [];
  readonly served = new ServedFold();

  constructor(private readonly rows: SubmittedRows) {}

  take(record: BrokerRecord): void {
    if (isDeadLetter(record.topic)) return this.letter(record);
    const event = decoded(record);
    if (!event) return;
    if (event.type === recordsPushedV1.type && record.topic === topics.records.name) {
      this.rows.take(event.data, `${record.topic}/${record.partition}`, Number(record.offset));
    } else if (event.type === predictionsMadeV3.type) {
      const batch = event.data as PredictionBatch;
      for (const { version, at } of predictionsOf(batch)) {
        this.served.take(batch.pipeline, batch.replicaId, version, at);
      }
    } else if (isVersionOf(event.type, replicaReportedV1)) {
      const { pipeline, replicaId, version, at } = event.data as Record<
        'pipeline' | 'replicaId' | 'version' | 'at',
        string
      >;
      if (version !== null) this.served.take(pipeline, replicaId, version, at);
    } else if (!isFolded(record.topic) && event.type !== runProgressedV1.type) {
      this.events.push(observed(record, event));
    }
  }

  private letter(record: BrokerRecord): void {
    const { record: origin, group, code, message } = fromDeadLetterRecord(record);
    const event = decoded(origin);
    const { topic, partition, offset } = origin;
    this.deadLetters.push({
      ...{ topic, partition, offset: Number(offset), group, code, message },
      event: event && { id: event.id, source: event.source, type: event.type, data: event.data },
    });
  }
}

function observed({ topic, partition, offset, key, headers }: BrokerRecord, event: EventEnvelope): ObservedEvent {
  const { id, source, type, time = '', correlationid, causationid, data } = event;
  const addressee = headers[redriveGroupHeader]?.toString('utf8');
  return {
    ...{ topic, partition, offset: Number(offset), key: key?.toString('utf8') ?? null, id, source, type, time },
    ...{ correlationId: correlationid, causationId: causationid ?? null, data },
    ...(addressee === undefined ? {} : { addressee }),
  };
}
