import { recordsPushedV1, topics } from '@perennial/contracts';
import { type Fate, nested, type PoisonMessage, poisonRecord } from './poison.message';

/** Bytes of a value that the broker of the local stack just takes, headers included: no reason fits beside it. */
const fullMessage = 6 * 1024 * 1024 - 700;

/** Who reads what producers push. */
const readers = ['ingestion.perennial.ingestion.records.v1'];
const { name: topic } = topics.records;
const refused = (code: string): Fate => ({ deadLetter: code, groups: readers });

/** A record that is right in all columns, as JSON text, with cells changed or added. */
function recordText(id: string, cells: Readonly<Record<string, string>> = {}): string {
  const good = { valve: JSON.stringify(id), position: '"open"', pressure: '4.5', outcome: '"leaks"' };
  const entries = Object.entries({ ...good, ...cells }).filter(([, text]) => text !== '');
  return `{${entries.map(([name, text]) => `${JSON.stringify(name)}:${text}`).join()}}`;
}

interface Sent {
  readonly name: string;
  /** JSON text of the one record in the message. */
  readonly record: string;
  readonly fate: Fate;
  readonly type?: string;
  readonly key?: string;
}

/** One record each: judged on its own. */
const rows = (day: string): Sent[] => {
  const id = (name: string) => `${day}-poison-${name}`;
  const row = (name: string, cells: Readonly<Record<string, string>>, fate: Fate): Sent => {
    return { name, record: recordText(id(name), cells), fate };
  };
  return [
    row('overflow', { pressure: '1e999' }, { quarantined: ['pressure: must be finite'] }),
    row('nan-text', { pressure: '"NaN"' }, { quarantined: ['pressure: must be a number'] }),
    row('number-as-text', { pressure: '"4.5"' }, { quarantined: ['pressure: must be a number'] }),
    row('text-as-number', { position: '3' }, { quarantined: ['position: must be one of open, half, shut, locked'] }),
    row('deep-cell', { pressure: nested(990) }, { quarantined: ['pressure: must be a number'] }),
    // A column that the dataset does not have says nothing, whatever it is called.
    row('prototype-column', { ['__proto__']: '{"position":"shut"}' }, { stored: id('prototype-column') }),
    row('constructor-column', { constructor: '{"prototype":1}' }, { stored: id('constructor-column') }),
    row('deep-foreign-column', { note: nested(990) }, { stored: id('deep-foreign-column') }),
    row(
      'cell-by-prototype',
      { position: '', ['__proto__']: '{"position":"open"}' },
      { quarantined: ['position: must not be null'] },
    ),
    { name: 'null-record', record: 'null', fate: { quarantined: [': must be an object'] } },
    { name: 'list-record', record: '[1]', fate: { quarantined: [': must be an object'] } },
    {
      ...row('newer-version', { hue: '"red"' }, { stored: id('newer-version') }),
      type: 'perennial.ingestion.v7.records-pushed',
    },
    { ...row('other-key', {}, { stored: id('other-key') }), key: 'nobody' },
  ];
};

/** Messages that cannot be read as a whole. */
function unreadable(
  dataset: string,
  day: string,
): (Omit<PoisonMessage, 'record'> & Parameters<typeof poisonRecord>[1])[] {
  const type = recordsPushedV1.type;
  const about = (records: string, more = '') => `{"dataset":"${dataset}","day":"${day}","records":${records}${more}}`;
  const message = (name: string, value: string | null, code: string, more: object = {}) => {
    return { name, topic, key: dataset, type, value, fate: refused(code), ...more };
  };
  const good = about(`[${recordText('never')}]`);
  return [
    message('broken-json', about('[').slice(0, -1), 'MALFORMED_DATA'),
    message('nothing', null, 'MALFORMED_DATA'),
    message('nan-literal', about(`[${recordText('never', { pressure: 'NaN' })}]`), 'MALFORMED_DATA'),
    message('infinity-literal', about(`[${recordText('never', { pressure: '-Infinity' })}]`), 'MALFORMED_DATA'),
    message('bottomless', about(nested(100_000)), 'MALFORMED_DATA'),
    message('fills-a-message', 'x'.repeat(fullMessage), 'MALFORMED_DATA'),
    message('no-type', good, 'MALFORMED_ENVELOPE', { type: undefined }),
    message('old-cloudevents', good, 'MALFORMED_ENVELOPE', { headers: { ce_specversion: '0.3' } }),
    message('a-batch', `[${good}]`, 'MALFORMED_ENVELOPE', {
      headers: { 'content-type': 'application/cloudevents-batch+json' },
    }),
    message('unknown-type', good, 'UNKNOWN_TYPE', { type: 'perennial.ingestion.v1.rows-pushed' }),
    message('foreign-type', good, 'UNKNOWN_TYPE', { type: 'constructor' }),
    message('no-records', about('[]'), 'INVALID_DATA'),
    message('records-as-text', about('"all of them"'), 'INVALID_DATA'),
    message('impossible-day', about('[{}]').replace(day, '2026-02-30'), 'INVALID_DATA'),
    message('prototype-dataset', about('[{}]').replace(dataset, '__proto__'), 'INVALID_DATA'),
    message('constructor-dataset', about('[{}]').replace(dataset, 'constructor'), 'UNKNOWN_DATASET'),
    message('unknown-dataset', about('[{}]').replace(dataset, 'nobody'), 'UNKNOWN_DATASET'),
    message('negative-manifest', `{"dataset":"${dataset}","day":"${day}","rows":-1}`, 'INVALID_DATA', {
      type: 'perennial.ingestion.v1.day-manifest',
    }),
    message('fractional-manifest', `{"dataset":"${dataset}","day":"${day}","rows":1.5}`, 'INVALID_DATA', {
      type: 'perennial.ingestion.v1.day-manifest',
    }),
  ];
}

/** What is pushed for a day beside its rows. */
export function poisonedRecords(dataset: string, day: string): PoisonMessage[] {
  const whole = unreadable(dataset, day).map(({ fate, ...parts }) => {
    return { name: parts.name, fate, record: poisonRecord(dataset, parts) };
  });
  const single = rows(day).map(({ name, record, fate, type = recordsPushedV1.type, key = dataset }) => {
    const value = `{"dataset":"${dataset}","day":"${day}","records":[${record}]}`;
    return { name, fate, record: poisonRecord(dataset, { name, topic, key, type, value }) };
  });
  return [...whole, ...single];
}
