import { events } from '@perennial/contracts';
import { type BrokerRecord, decodeEnvelope, encode, type EventEnvelope, validateData } from '@perennial/messaging';
import { bytesOf, decodedBy, type FuzzTarget, requireEqual } from '../fuzz.target';

/** Headers as `name: value` lines, an empty line, the value. */
function recordOf(input: Uint8Array): BrokerRecord {
  const bytes = Buffer.from(input);
  const end = bytes.indexOf('\n\n');
  const lines = bytes
    .subarray(0, end < 0 ? bytes.length : end)
    .toString('latin1')
    .split('\n');
  const headers: Record<string, Buffer> = {};
  for (const line of lines) {
    const colon = line.indexOf(':');
    const name = line.slice(0, colon);
    if (colon > 0 && name !== '__proto__') headers[name] = Buffer.from(line.slice(colon + 1), 'latin1');
  }
  const value = end < 0 ? null : bytes.subarray(end + 2);
  return { topic: 't', partition: 0, offset: '0', key: null, value, headers, timestamp: 0 };
}

function read(record: BrokerRecord): EventEnvelope {
  const event = decodeEnvelope(record);
  const contract = events.get(event.type);
  return contract ? validateData(event, contract) : event;
}

const binary = (type: string, data: unknown) =>
  `content-type:application/json\nce_specversion:1.0\nce_id:1\nce_source:/s\nce_type:${type}\nce_time:2026-01-01T00:00:00Z\n\n${JSON.stringify(data)}`;
const structured = (type: string, data: unknown) =>
  `content-type:application/cloudevents+json\n\n${JSON.stringify({ specversion: '1.0', id: '1', source: '/s', type, data })}`;

export const eventTarget: FuzzTarget = {
  name: 'event',
  tokens: [
    'ce_',
    ':',
    '\n\n',
    '{',
    '[',
    '"data":',
    '"specversion":"1.0"',
    'null',
    '__proto__',
    '[[[[[[[[',
    'perennial.',
    '\u0000',
  ],
  seeds: async () => [
    bytesOf(binary('perennial.ingestion.v1.day-manifest', { dataset: 'd', day: '2026-01-01', rows: 7 })),
    bytesOf(
      structured('perennial.ingestion.v1.records-pushed', {
        dataset: 'd',
        day: '2026-01-01',
        records: [{ id: '1', age: 3 }],
      }),
    ),
    bytesOf(binary('somebody.else', { a: [1, { b: null }] })),
  ],
  check: async (input) => {
    const record = recordOf(input);
    const event = await decodedBy(() => read(record));
    if (!event) return 'refused';
    const { headers, value } = encode(event);
    const sent = Object.fromEntries(Object.entries(headers).map(([name, text]) => [name, Buffer.from(text, 'utf8')]));
    requireEqual(event, read({ ...record, headers: sent, value: Buffer.from(value) }));
    return 'accepted';
  },
};
