import { csvRecords } from './csv.records';
import { numericColumn } from './table';
import { readParquet } from './parquet.reader';
import { writeParquet } from './parquet.writer';
import { endOfStruct } from './thrift.check';

const PAR1 = Buffer.from('PAR1');
const withFooter = (footer: Uint8Array, length = footer.length): Uint8Array => {
  const trailer = Buffer.alloc(4);
  trailer.writeUInt32LE(length);
  return Buffer.concat([PAR1, footer, trailer, PAR1]);
};
const refusal = { code: 'PARQUET_UNREADABLE', retryable: false };

describe('a Parquet file that claims more than it has', () => {
  it.each<[string, Uint8Array, RegExp]>([
    ['a footer longer than the file', withFooter(Buffer.from([0]), 1_000_000), /footer of 1000000 bytes does not fit/],
    // Field 2, a list of 2^28 booleans, none of which needs a byte.
    ['a list of a billion', withFooter(Buffer.from([0x29, 0xf1, 0xff, 0xff, 0xff, 0x7f, 0])), /does not fit/],
    ['structures in structures', withFooter(Buffer.alloc(5_000, 0x1c)), /nested deeper than 20/],
    ['nothing', new Uint8Array(0), /too short/],
  ])('%s', async (_, bytes, message) => {
    await expect(readParquet(bytes)).rejects.toMatchObject({ ...refusal, message: expect.stringMatching(message) });
  });

  it('rows that its row groups have not', async () => {
    const bytes = Buffer.from(
      writeParquet({ rows: 3, columns: [numericColumn('a', 'number', Float64Array.of(1, 2, 3))] }),
    );
    // num_rows of the file is the first i64 field 3 of the footer: 0x16, then 3 as a zigzag number.
    const at = bytes.indexOf(Buffer.from([0x16, 0x06]), bytes.length - 8 - bytes.readUInt32LE(bytes.length - 8));
    bytes[at + 1] = 0x7e;
    await expect(readParquet(bytes)).rejects.toMatchObject({ ...refusal, message: expect.stringContaining('row') });
  });
});

it('a struct ends where it says', () => {
  expect(endOfStruct(Buffer.from([0x15, 0x02, 0x18, 0x01, 0x61, 0x00, 0xff]), 0)).toBe(6);
});

it('a CSV column called __proto__ is refused, not lost', async () => {
  const read = async () => {
    for await (const record of csvRecords('id,__proto__\n1,x\n')) return record;
    return undefined;
  };
  await expect(read()).rejects.toMatchObject({ code: 'CSV_UNREADABLE', details: { column: '__proto__' } });
});
