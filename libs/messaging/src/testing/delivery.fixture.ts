import { defineEvent, type TopicContract } from '@perennial/contracts';
import { z } from 'zod';
import type { Delivery } from '../handler';
import { silentLogger } from '../ports';
import type { BrokerRecord } from '../record';

const topic: TopicContract = {
  name: 'perennial.test.things.v1',
  partitions: 1,
  retentionMs: -1,
  cleanupPolicy: 'delete',
  key: 'thing id',
  description: 'Things.',
  producers: ['test'],
};

/** An event of the unit tests. */
export const thingHappened = defineEvent({
  subsystem: 'test',
  name: 'thing-happened',
  version: 1,
  title: 'A thing happened',
  topic,
  schema: z.object({ thing: z.string(), size: z.number().min(1) }),
  key: ({ thing }) => thing,
});

const bytes = (headers: Record<string, string>) =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, Buffer.from(value)]));

export function thingRecord(overrides: { value?: string | null; headers?: Record<string, string> } = {}): BrokerRecord {
  const headers = {
    'content-type': 'application/json',
    ce_specversion: '1.0',
    ce_type: thingHappened.type,
    ce_source: '/test',
    ce_id: 'e1',
    ce_time: '2026-01-01T00:00:00Z',
    ce_correlationid: 'c1',
  };
  const value = overrides.value === undefined ? '{"thing":"a","size":1}' : overrides.value;
  return {
    topic: topic.name,
    partition: 0,
    offset: '7',
    key: Buffer.from('a'),
    value: value === null ? null : Buffer.from(value),
    headers: bytes(overrides.headers ?? headers),
    timestamp: 0,
  };
}

export const thingDelivery = (overrides: Partial<Delivery> = {}): Delivery => ({
  record: thingRecord(),
  group: 'g',
  attempt: 1,
  signal: new AbortController().signal,
  logger: silentLogger,
  ...overrides,
});
