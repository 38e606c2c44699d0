import { decodeAs, decodeEnvelope, validateData } from './decode';
import { encode } from './encode';
import type { EventEnvelope } from './envelope';
import { thingHappened, thingRecord } from './testing/delivery.fixture';

const full: EventEnvelope = {
  specversion: '1.0',
  id: 'e1',
  type: thingHappened.type,
  source: '/test',
  subject: 'a',
  time: '2026-01-01T00:00:00Z',
  dataschema: thingHappened.dataschema,
  datacontenttype: 'application/json',
  correlationid: 'c1',
  causationid: 'e0',
  traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
  tracestate: 'a=b',
  partitionkey: 'a',
  data: { thing: 'a', size: 1 },
};

const headersWithout = (name: string) => {
  const headers = { ...encode(full).headers };
  delete headers[name];
  return headers;
};

describe('CloudEvents codec', () => {
  it('reads back in binary mode what it wrote', () => {
    const { headers, value } = encode(full);
    expect(decodeEnvelope(thingRecord({ headers, value }))).toEqual(full);
  });

  it('reads an event of a known contract in any version, and no other', () => {
    const record = (type: string) => thingRecord({ ...encode({ ...full, type }) });
    const { type } = thingHappened;
    for (const known of [type, type.replace('.v1.', '.v2.')]) {
      expect(decodeAs(record(known), thingHappened)).toEqual({ ...full, type: known });
    }
    const rejected = { code: 'UNKNOWN_TYPE', details: expect.objectContaining({ field: 'type', id: 'e1' }) };
    expect(() => decodeAs(record('perennial.test.v1.other'), thingHappened)).toThrow(expect.objectContaining(rejected));
  });

  it('reads structured mode', () => {
    const headers = { 'Content-Type': 'application/cloudevents+json; charset=UTF-8' };
    expect(decodeEnvelope(thingRecord({ headers, value: JSON.stringify(full) }))).toEqual(full);
  });

  it('takes null for an attribute that is not set, as the JSON format allows', () => {
    const value = JSON.stringify({ ...full, subject: null, time: null, traceparent: null, data_base64: null });
    const decoded = decodeEnvelope(thingRecord({ headers: { 'content-type': 'application/cloudevents+json' }, value }));
    expect(decoded).toEqual({ ...full, subject: undefined, time: undefined, traceparent: undefined });
  });

  it('starts a correlation with the id of an event that has none', () => {
    const record = thingRecord({ headers: headersWithout('ce_correlationid') });
    expect(decodeEnvelope(record).correlationid).toBe('e1');
  });

  it.each(['ce_specversion', 'ce_type', 'ce_source', 'ce_id'])('refuses an event without %s, naming it', (name) => {
    const record = thingRecord({ headers: headersWithout(name) });
    expect(() => decodeEnvelope(record)).toThrow(
      expect.objectContaining({
        code: 'MALFORMED_ENVELOPE',
        retryable: false,
        details: expect.objectContaining({ field: name.slice(3), offset: '7' }),
      }),
    );
  });

  it.each([
    ['specversion', { ce_specversion: '0.3' }],
    ['time', { ce_time: 'yesterday' }],
  ])('refuses a wrong %s', (field, wrong) => {
    const record = thingRecord({ headers: { ...encode(full).headers, ...wrong } });
    expect(() => decodeEnvelope(record)).toThrow(
      expect.objectContaining({ code: 'MALFORMED_ENVELOPE', details: expect.objectContaining({ field }) }),
    );
  });

  it.each(['{', '', null])('refuses data that is not JSON: %j', (value) => {
    const record = thingRecord({ value });
    expect(() => decodeEnvelope(record)).toThrow(expect.objectContaining({ code: 'MALFORMED_DATA', retryable: false }));
  });

  it('refuses data nested deeper than anybody means, and reads what is nested a thousand deep', () => {
    const nested = (depth: number) => `${'['.repeat(depth)}${']'.repeat(depth)}`;
    expect(() => decodeEnvelope(thingRecord({ value: nested(1_000) }))).not.toThrow();
    expect(() => decodeEnvelope(thingRecord({ value: nested(100_000) }))).toThrow(
      expect.objectContaining({
        code: 'MALFORMED_DATA',
        details: expect.objectContaining({ field: 'value', rule: 'must not be nested deeper than 1000' }),
      }),
    );
  });

  it('names field, value and rule of data that breaks the contract', () => {
    const event = { ...full, data: { thing: 'a', size: 0 } };
    expect(() => validateData(event, thingHappened)).toThrow(/data\.size = 0: /);
    expect(() => validateData(event, thingHappened)).toThrow(expect.objectContaining({ code: 'INVALID_DATA' }));
  });
});
