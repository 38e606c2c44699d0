import { deadLetterTopic, retryTopic } from '@perennial/contracts';
import {
  type DeadLetter,
  deadLetterHeaders as names,
  type BrokerRecord,
  type OutgoingRecord,
  redriveGroupHeader,
} from '@perennial/messaging';

/** A dead letter as an operator sees it. `id` is `<dead-letter topic>/<partition>/<offset>`. */
export interface StoredDeadLetter extends DeadLetter {
  id: string;
}

const suffixes = /(\.retry|\.dlq)$/;
export const baseTopic = (topic: string): string => topic.replace(suffixes, '');

/** Key, value and headers stay as they came; where and why are headers beside them. */
export function toDeadLetterRecord({ record, ...letter }: DeadLetter): OutgoingRecord {
  return {
    topic: deadLetterTopic(baseTopic(record.topic)),
    key: record.key,
    value: record.value,
    headers: {
      ...record.headers,
      [names.topic]: record.topic,
      [names.partition]: String(record.partition),
      [names.offset]: record.offset,
      [names.timestamp]: String(record.timestamp),
      [names.group]: letter.group,
      [names.code]: letter.code,
      [names.message]: letter.message.slice(0, 2_000),
      [names.attempts]: String(letter.attempts),
      [names.failedAt]: letter.failedAt.toISOString(),
    },
  };
}

export function fromDeadLetterRecord(stored: BrokerRecord): StoredDeadLetter {
  const text = (name: string) => stored.headers[name]?.toString('utf8') ?? '';
  const ours = new Set<string>(Object.values(names));
  return {
    id: `${stored.topic}/${stored.partition}/${stored.offset}`,
    record: {
      topic: text(names.topic) || baseTopic(stored.topic),
      partition: Number(text(names.partition)),
      offset: text(names.offset),
      key: stored.key,
      value: stored.value,
      headers: Object.fromEntries(Object.entries(stored.headers).filter(([name]) => !ours.has(name))),
      timestamp: Number(text(names.timestamp)),
    },
    group: text(names.group),
    code: text(names.code),
    message: text(names.message),
    attempts: Number(text(names.attempts)),
    failedAt: new Date(text(names.failedAt)),
  };
}

/** Addressed to the group that failed; the other groups of the retry topic skip it. */
export function toRedriveRecord({ record, group }: StoredDeadLetter): OutgoingRecord {
  return {
    topic: retryTopic(baseTopic(record.topic)),
    key: record.key,
    value: record.value,
    headers: { ...record.headers, [redriveGroupHeader]: group },
  };
}
