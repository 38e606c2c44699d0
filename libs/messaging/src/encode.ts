import type { EventEnvelope } from './envelope';
import type { OutboxEntry } from './ports';

const attributes = [
  'type',
  'source',
  'id',
  'time',
  'subject',
  'dataschema',
  'correlationid',
  'causationid',
  'traceparent',
  'tracestate',
  'partitionkey',
] as const;

/** CloudEvents Kafka binding, binary mode: attributes as `ce_` headers, the value is the data. */
export function encode(event: EventEnvelope): { headers: Record<string, string>; value: string } {
  const headers: Record<string, string> = { 'content-type': event.datacontenttype, ce_specversion: '1.0' };
  for (const name of attributes) {
    const value = event[name];
    if (value !== undefined) headers[`ce_${name}`] = value;
  }
  return { headers, value: JSON.stringify(event.data) };
}

export function toOutboxEntry(event: EventEnvelope, topic: string, key: string): OutboxEntry {
  return { id: event.id, topic, key, ...encode(event) };
}
