import { csvRecords, type StreamedRecord } from '@perennial/columns';
import { bytesOf, decodedBy, type FuzzTarget, requireEqual } from '../fuzz.target';

async function read(input: Uint8Array): Promise<StreamedRecord[]> {
  const records: StreamedRecord[] = [];
  for await (const record of csvRecords(input)) records.push(record);
  return records;
}

const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;
const lineOf = (cells: readonly string[]) => cells.map(quoted).join(',');

export const csvTarget: FuzzTarget = {
  name: 'csv',
  tokens: [
    ',',
    '"',
    '""',
    '\n',
    '\r\n',
    '\ufeff',
    '__proto__',
    'constructor',
    '\u0000',
    ',,,,',
    '"\n"',
    'a'.repeat(300),
  ],
  seeds: async () => [
    bytesOf('id,age,city\n1,30,Wien\n2,,"Bad ""Ischl"""\n'),
    bytesOf('\ufeffid,note\r\n1,"two\r\nlines"\r\n\r\n2,x,surplus\r\n'),
    bytesOf('a\n1\n'),
  ],
  check: async (input) => {
    const records = await decodedBy(() => read(input));
    const readable = records?.filter(({ problem }) => !problem).map(({ record }) => record as Record<string, string>);
    if (!readable?.[0]) return records ? 'accepted' : 'refused';
    const header = Object.keys(readable[0]);
    const text = [lineOf(header), ...readable.map((record) => lineOf(Object.values(record)))].join('\n');
    const again = await read(bytesOf(text));
    requireEqual(
      readable,
      again.map(({ record }) => record),
    );
    return 'accepted';
  },
};
