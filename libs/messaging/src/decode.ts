import type { EventContract } from '@perennial/contracts';
import type { EventEnvelope } from './envelope';
import { DecodeError } from './errors';
import { isVersionOf } from './event-version';
import { isDeeperThan } from './json.depth';
import type { BrokerRecord } from './record';
import { violationsOf } from './violations';

/**
 * Reads the CloudEvents envelope, binary or structured mode. `data` is parsed JSON, not yet checked against a schema.
 * Throws DecodeError MALFORMED_ENVELOPE (attribute missing or wrong) or MALFORMED_DATA (not JSON).
 */
export function decodeEnvelope(record: BrokerRecord): EventEnvelope {
  const contentType = header(record, 'content-type') ?? '';
  if (contentType.startsWith('application/cloudevents-batch')) {
    throw malformed(record, 'content-type', contentType, 'batched CloudEvents are not accepted');
  }
  return contentType.startsWith('application/cloudevents') ? structured(record, contentType) : binary(record);
}

/** Checks the data against its contract; throws DecodeError INVALID_DATA naming field, value and rule. */
export function validateData<T>(event: EventEnvelope, contract: EventContract<T>): EventEnvelope<T> {
  if (contract.accepts?.(event.data)) return event as EventEnvelope<T>;
  const parsed = contract.schema.safeParse(event.data);
  if (parsed.success) return { ...event, data: parsed.data };
  const violations = violationsOf(parsed.error.issues, event.data);
  throw new DecodeError('INVALID_DATA', `${event.type}: ${violations.map((v) => v.text).join('; ')}`, {
    details: { type: event.type, id: event.id, violations },
  });
}

/** The event in a record, which must be of this contract in any version. Throws DecodeError, also UNKNOWN_TYPE. */
export function decodeAs<T>(record: BrokerRecord, contract: EventContract<T>): EventEnvelope<T> {
  const event = decodeEnvelope(record);
  if (isVersionOf(event.type, contract)) return validateData(event, contract);
  const details = { field: 'type', value: event.type, rule: `must be ${contract.type}`, id: event.id };
  throw new DecodeError('UNKNOWN_TYPE', `type = ${event.type}: ${details.rule}`, { details });
}

function binary(record: BrokerRecord): EventEnvelope {
  const attributes: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(record.headers)) {
    if (name.toLowerCase().startsWith('ce_')) attributes[name.toLowerCase().slice(3)] = value.toString('utf8');
  }
  return envelopeOf(record, attributes, header(record, 'content-type') ?? 'application/json', () => json(record));
}

function structured(record: BrokerRecord, contentType: string): EventEnvelope {
  const body = json(record);
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw malformed(record, 'value', contentType, 'a structured event is a JSON object');
  }
  const { data, data_base64, datacontenttype, ...attributes } = body as Record<string, unknown>;
  if (data_base64 !== undefined && data_base64 !== null)
    throw malformed(record, 'data_base64', 'base64 text', 'data must be JSON');
  return envelopeOf(record, attributes, String(datacontenttype ?? 'application/json'), () => data);
}

function envelopeOf(
  record: BrokerRecord,
  attributes: Record<string, unknown>,
  datacontenttype: string,
  data: () => unknown,
): EventEnvelope {
  const optional = (name: string): string | undefined => text(record, name, attributes[name], false);
  const required = (name: string): string => text(record, name, attributes[name], true) as string;
  const specversion = required('specversion');
  if (specversion !== '1.0') throw malformed(record, 'specversion', specversion, 'must be 1.0');
  const id = required('id');
  const time = optional('time');
  if (time !== undefined && Number.isNaN(Date.parse(time))) {
    throw malformed(record, 'time', time, 'must be an RFC 3339 timestamp');
  }
  return {
    specversion,
    id,
    type: required('type'),
    source: required('source'),
    subject: optional('subject'),
    time,
    dataschema: optional('dataschema'),
    datacontenttype,
    // An outside producer need not know about correlation: its own id starts one.
    correlationid: optional('correlationid') ?? id,
    causationid: optional('causationid'),
    traceparent: optional('traceparent'),
    tracestate: optional('tracestate'),
    partitionkey: optional('partitionkey'),
    data: data(),
  };
}

function text(record: BrokerRecord, name: string, value: unknown, required: boolean): string | undefined {
  // The JSON format lets a producer write null for an attribute that is not set.
  if ((value === undefined || value === null) && !required) return undefined;
  if (typeof value !== 'string' || value === '') throw malformed(record, name, value, 'must be a non-empty string');
  return value;
}

/** Nobody writes data so deep by hand or by a schema. */
const deepestNesting = 1_000;

function json(record: BrokerRecord): unknown {
  const { value } = record;
  if (value && isDeeperThan(deepestNesting, value)) {
    throw malformedData(record, `must not be nested deeper than ${deepestNesting}`);
  }
  try {
    return JSON.parse(value?.toString('utf8') ?? '');
  } catch (cause) {
    throw malformedData(record, 'must be JSON', cause);
  }
}

function malformedData(record: BrokerRecord, rule: string, cause?: unknown): DecodeError {
  const value = record.value?.toString('utf8', 0, 400).slice(0, 100) ?? '';
  return new DecodeError('MALFORMED_DATA', `value = ${JSON.stringify(value)}: ${rule}`, {
    details: { ...position(record), field: 'value', value, rule },
    cause,
  });
}

function header(record: BrokerRecord, name: string): string | undefined {
  const found = Object.keys(record.headers).find((candidate) => candidate.toLowerCase() === name);
  return found === undefined ? undefined : record.headers[found]?.toString('utf8');
}

const position = ({ topic, partition, offset }: BrokerRecord) => ({ topic, partition, offset });

function malformed(record: BrokerRecord, field: string, value: unknown, rule: string): DecodeError {
  return new DecodeError('MALFORMED_ENVELOPE', `CloudEvents attribute ${field} = ${JSON.stringify(value)}: ${rule}`, {
    details: { ...position(record), field, value, rule },
  });
}
