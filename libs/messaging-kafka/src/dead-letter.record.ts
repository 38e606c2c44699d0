import { deadLetterTopic, retryTopic } from '@perennial/contracts';
import {
  type DeadLetter,
  deadLetterHeaders as names,
  type BrokerRecord,
  type OutgoingRecord,
  redriveAttemptsHeader,
  redriveGroupHeader,
  redriveLetterHeader,
} from '@perennial/messaging';

/** A dead letter as an operator sees it. `id` is `<dead-letter topic>/<partition>/<offset>`. */
export interface StoredDeadLetter extends DeadLetter {
  id: string;
  /** The letter whose redrive failed again; `attempts` counts its tries too. */
  redriveOf: string | null;
  /** Of a value that was too large to be kept; the record's value is null then. */
  omittedBytes: number | null;
}

/** A record on a retry topic: where the redrive of a letter lies. */
export interface Redrive {
  letter: string;
  group: string;
  topic: string;
  partition: number;
  offset: bigint;
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
      [names.attempts]: String(letter.attempts + earlierAttempts(record)),
      [names.failedAt]: letter.failedAt.toISOString(),
    },
  };
}

const keptHeaderBytes = 1_024;

/** What is left of a letter that the broker finds too large: everything but the value and long headers. */
export function withoutValue({ record, ...letter }: DeadLetter): OutgoingRecord {
  const isShort = (value: Buffer) => value.length <= keptHeaderBytes;
  const headers = Object.fromEntries(Object.entries(record.headers).filter(([, value]) => isShort(value)));
  const key = record.key && isShort(record.key) ? record.key : null;
  const kept = toDeadLetterRecord({ ...letter, record: { ...record, key, value: null, headers } });
  const omitted = String(record.value?.length ?? 0);
  return { ...kept, headers: { ...kept.headers, [names.omittedBytes]: omitted } };
}

/** Tries before the redrive that brought the record. */
function earlierAttempts({ headers }: BrokerRecord): number {
  const text = headers[redriveAttemptsHeader]?.toString('utf8') ?? '';
  return /^\d{1,9}$/.test(text) ? Number(text) : 0;
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
    redriveOf: text(redriveLetterHeader) || null,
    omittedBytes: stored.headers[names.omittedBytes] ? Number(text(names.omittedBytes)) : null,
  };
}

/** Addressed to the group that failed; the other groups of the retry topic skip it. */
export function toRedriveRecord({ id, record, group, attempts }: StoredDeadLetter): OutgoingRecord {
  return {
    topic: retryTopic(baseTopic(record.topic)),
    key: record.key,
    value: record.value,
    headers: {
      ...record.headers,
      [redriveGroupHeader]: group,
      [redriveLetterHeader]: id,
      [redriveAttemptsHeader]: String(attempts),
    },
  };
}

/** Null for a record of a retry topic that names no letter. */
export function fromRedriveRecord({ topic, partition, offset, headers }: BrokerRecord): Redrive | null {
  const [letter, group] = [redriveLetterHeader, redriveGroupHeader].map((name) => headers[name]?.toString('utf8'));
  return letter && group ? { letter, group, topic, partition, offset: BigInt(offset) } : null;
}
