import type { EventContract } from '../define';
import type { JsonSchema } from './json-schema';

/** Stands among a topic's producers for whoever pushes data into the platform. */
export const OUTSIDE_PRODUCERS = 'outside producers';

const text = (description: string, more: JsonSchema = {}): JsonSchema => ({ type: 'string', ...more, description });

const MINIMAL = ['ce_specversion', 'ce_id', 'ce_source', 'ce_type', 'content-type'];
const PLATFORM = ['ce_subject', 'ce_time', 'ce_dataschema', 'ce_correlationid'];

/** Outside producers need no more than CloudEvents asks for. */
const fromOutside = ({ topic }: EventContract): boolean => topic.producers.includes(OUTSIDE_PRODUCERS);

/** Kafka headers of a CloudEvents 1.0 record in binary content mode; attributes carry the prefix `ce_`. */
export function headersOf(contract: EventContract): JsonSchema {
  return {
    type: 'object',
    required: fromOutside(contract) ? MINIMAL : [...MINIMAL, ...PLATFORM],
    properties: {
      ce_specversion: { type: 'string', const: '1.0' },
      ce_id: text('Unique within the source; both together are the de-duplication key.', { minLength: 1 }),
      ce_source: text('URI reference of the service that made the event.', { format: 'uri-reference', minLength: 1 }),
      ce_type: { type: 'string', const: contract.type },
      ce_subject: text('What the event is about.'),
      ce_time: text('When it happened, UTC.', { format: 'date-time' }),
      ce_dataschema: { type: 'string', const: contract.dataschema },
      ce_correlationid: text('The improvement cycle or request that the event belongs to.', { minLength: 1 }),
      ce_causationid: text('Id of the event or command that caused this one.', { minLength: 1 }),
      ce_partitionkey: text('The record key.'),
      traceparent: text('W3C trace context.', { pattern: '^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$' }),
      tracestate: text('W3C trace context.'),
      'content-type': { type: 'string', const: 'application/json' },
    },
  };
}
