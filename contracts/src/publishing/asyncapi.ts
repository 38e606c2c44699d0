import { stringify } from 'yaml';
import { deadLetterTopicContract, retryTopicContract } from '../companion-topics';
import type { EventContract, TopicContract } from '../define';
import { headersOf, OUTSIDE_PRODUCERS } from './asyncapi.headers';
import { derivePayloadSchema } from './json-schema';

/** Topics by the name under which code knows them. */
export type Topics = Readonly<Record<string, TopicContract>>;

const KAFKA_BINDING = '0.5.0';
const reference = (...path: string[]) => ({ $ref: `#/${path.join('/')}` });

/** `evaluation.model-judged.v1`: component keys allow letters, digits, `.`, `-` and `_`. */
const messageKey = (contract: EventContract): string => contract.type.replace(/^perennial\./, '');

function channel(topic: TopicContract, contracts: EventContract[]) {
  return {
    address: topic.name,
    description: topic.description,
    messages: Object.fromEntries(
      contracts.map((contract) => [messageKey(contract), reference('components', 'messages', messageKey(contract))]),
    ),
    bindings: {
      kafka: {
        topic: topic.name,
        partitions: topic.partitions,
        topicConfiguration: { 'cleanup.policy': [topic.cleanupPolicy], 'retention.ms': topic.retentionMs },
        bindingVersion: KAFKA_BINDING,
      },
    },
  };
}

function message(contract: EventContract) {
  return {
    name: contract.type,
    title: contract.title,
    contentType: 'application/json',
    headers: headersOf(contract),
    payload: { schemaFormat: 'application/schema+json;version=draft-07', schema: derivePayloadSchema(contract) },
    bindings: {
      kafka: { key: { type: 'string', description: contract.topic.key }, bindingVersion: KAFKA_BINDING },
    },
  };
}

type Reference = ReturnType<typeof reference>;

interface Operation {
  action: 'send' | 'receive';
  channel: Reference;
  summary: string;
  messages: Reference[];
}

/** One `send` per service and topic it writes to; what comes from outside is a `receive` of the platform. */
function operations(name: string, topic: TopicContract, contracts: EventContract[]): [string, Operation][] {
  const messages = contracts.map((contract) => reference('channels', name, 'messages', messageKey(contract)));
  return topic.producers.map((producer) => {
    const outside = producer === OUTSIDE_PRODUCERS;
    const id = outside ? `${name}.receive` : `${producer}.send.${name}`;
    const summary = outside ? 'What outside producers push.' : `What ${producer} writes.`;
    return [id, { action: outside ? 'receive' : 'send', channel: reference('channels', name), summary, messages }];
  });
}

/** The AsyncAPI 3.0 document of the whole platform. */
export function deriveAsyncApi(topics: Topics, contracts: readonly EventContract[]) {
  const named = Object.entries(topics).map(([name, topic]) => {
    return { name, topic, own: contracts.filter((contract) => contract.topic === topic) };
  });
  const channels = named.flatMap(({ name, topic, own }) => [
    [name, channel(topic, own)],
    [`${name}.retry`, channel(retryTopicContract(topic), own)],
    [`${name}.dlq`, channel(deadLetterTopicContract(topic), own)],
  ]);
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'Perennial events',
      version: '1.0.0',
      description: 'CloudEvents 1.0 on Kafka: written in binary content mode, read in binary and structured mode.',
      license: { name: 'MIT' },
    },
    defaultContentType: 'application/json',
    channels: Object.fromEntries(channels),
    operations: Object.fromEntries(named.flatMap(({ name, topic, own }) => operations(name, topic, own))),
    components: {
      messages: Object.fromEntries(contracts.map((contract) => [messageKey(contract), message(contract)])),
    },
  };
}

export const asyncApiText = (topics: Topics, contracts: readonly EventContract[]): string =>
  stringify(deriveAsyncApi(topics, contracts), { aliasDuplicateObjects: false, lineWidth: 120 });
