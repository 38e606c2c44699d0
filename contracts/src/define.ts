import type { z } from 'zod';

/** A Kafka topic as its users may rely on it. Retention in milliseconds; -1 keeps records for ever. */
export interface TopicContract {
  name: string;
  partitions: number;
  retentionMs: number;
  cleanupPolicy: 'delete' | 'compact';
  /** What the record key is, in words: the unit within which order is kept. */
  key: string;
  description: string;
  /** Services (or `outside producers`) that write to the topic. */
  producers: string[];
}

/** One version of one event. The CloudEvents `type` is `perennial.<subsystem>.v<version>.<name>`. */
export interface EventContract<T = unknown> {
  type: string;
  version: number;
  title: string;
  topic: TopicContract;
  /** URI of the JSON Schema of `data`; the CloudEvents `dataschema` attribute. */
  dataschema: string;
  schema: z.ZodType<T>;
  /** A quick yes, for data of many values: the schema accepts it, too, and leaves it as it is. No says nothing. */
  accepts?(data: unknown): data is T;
  /** Kafka record key. */
  key(data: T): string;
  /** CloudEvents `subject`. */
  subject(data: T): string;
}

export interface EventDefinition<S extends z.ZodType> {
  subsystem: string;
  name: string;
  version: number;
  title: string;
  topic: TopicContract;
  schema: S;
  accepts?(data: unknown): data is z.output<S>;
  key(data: z.output<S>): string;
  /** Defaults to the key. */
  subject?(data: z.output<S>): string;
}

export type DataOf<C> = C extends EventContract<infer T> ? T : never;

export function defineEvent<S extends z.ZodType>(definition: EventDefinition<S>): EventContract<z.output<S>> {
  const { subsystem, name, version, title, topic, schema, key } = definition;
  return {
    type: `perennial.${subsystem}.v${version}.${name}`,
    version,
    title,
    topic,
    dataschema: `urn:perennial:schema:${subsystem}:${name}:v${version}`,
    schema: schema as unknown as z.ZodType<z.output<S>>,
    ...(definition.accepts && { accepts: definition.accepts }),
    key,
    subject: definition.subject ?? key,
  };
}

/** Every topic has a topic for redelivery to one consumer group, and one for what could not be handled. */
export const retryTopic = (topic: string): string => `${topic}.retry`;
export const deadLetterTopic = (topic: string): string => `${topic}.dlq`;
