import { jsonRecords, ndjsonRecords, type StreamedRecord } from '@perennial/columns';
import { bytesOf, decodedBy, type FuzzTarget, requireEqual } from '../fuzz.target';

async function readLines(input: Uint8Array): Promise<StreamedRecord[]> {
  const records: StreamedRecord[] = [];
  for await (const record of ndjsonRecords(input)) records.push(record);
  return records;
}

const tokens = [
  '{',
  '}',
  '[',
  ']',
  '[[[[[[[[',
  ':',
  ',',
  '"',
  '\\u0000',
  '\\',
  'null',
  '-0',
  '1e999',
  '__proto__',
  '\n',
  '{"a":',
];
/** JSON has no word for the infinity that 1e999 is read as. */
const isFinite = (value: unknown): boolean =>
  typeof value === 'object' && value !== null
    ? Object.values(value).every(isFinite)
    : typeof value !== 'number' || Number.isFinite(value);
const valuesOf = (records: readonly StreamedRecord[]) =>
  records.filter(({ problem }) => !problem).map(({ record }) => record);

export const ndjsonTarget: FuzzTarget = {
  name: 'ndjson',
  tokens,
  seeds: async () => [
    bytesOf('{"id":"1","age":30}\n\n{"id":"2","age":null,"tags":[1,2,{"a":"ü"}]}\r\n'),
    bytesOf('[1,2]\n"text"\n{"__proto__":{"polluted":true}}\nnot json\n'),
  ],
  check: async (input) => {
    const values = valuesOf((await decodedBy(() => readLines(input))) ?? []).filter(isFinite);
    const again = await readLines(bytesOf(values.map((value) => JSON.stringify(value)).join('\n')));
    requireEqual(values, valuesOf(again));
    return values.length > 0 ? 'accepted' : 'refused';
  },
};

export const jsonTarget: FuzzTarget = {
  name: 'json',
  tokens,
  seeds: async () => [
    bytesOf('[{"id":"1","age":30},{"id":"2","nested":{"a":[true,null,-1.5e3]}}]'),
    bytesOf('{"id":"3"}'),
  ],
  check: async (input) => {
    const records = await decodedBy(() => jsonRecords(input));
    if (!records) return 'refused';
    const values = valuesOf(records).filter(isFinite);
    requireEqual(values, valuesOf(jsonRecords(JSON.stringify(values))));
    return 'accepted';
  },
};
