import fc from 'fast-check';
import { numericColumn, packTable, stringColumn, type Table, tableOf, unpackTable } from './index';

const orNull = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: null, freq: 5 });
const finite = fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0);
const wellFormed = fc.string({ unit: 'grapheme' });

const numbers = fc.oneof(
  fc.array(orNull(fc.integer({ min: -128, max: 127 })), { maxLength: 300 }),
  fc.array(orNull(fc.integer({ min: -32_768, max: 32_767 })), { maxLength: 300 }),
  fc.array(orNull(fc.integer())),
  fc.array(orNull(fc.maxSafeInteger())),
  fc.array(orNull(fc.float({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0))),
  fc.array(orNull(finite)),
  fc.array(orNull(fc.integer({ min: -1e6, max: 1e6 }).map((value) => value / 1_000 + 0))),
);
const texts = fc.oneof(
  fc.array(orNull(wellFormed)),
  fc.array(orNull(fc.constantFrom('', 'north', 'süd', '東')), { maxLength: 300 }),
);

const numericTable = numbers.map((values): Table =>
  tableOf([
    numericColumn(
      'n',
      'number',
      Float64Array.from(values, (value) => value ?? NaN),
    ),
  ]),
);
const textTable = texts.map((values): Table => tableOf([stringColumn('ţ', values)]));

describe('packTable', () => {
  it('is undone by unpackTable, whatever the values', () => {
    fc.assert(
      fc.property(fc.oneof(numericTable, textTable), (table) => {
        expect(unpackTable(packTable(table))).toEqual(table);
      }),
    );
  });

  it('keeps many distinct texts, types and storage, also at an odd place of a larger buffer', () => {
    const rows = 5_000;
    const table = tableOf([
      stringColumn(
        'id',
        Array.from({ length: rows }, (_, row) => `r${row}`),
      ),
      stringColumn(
        'code',
        Array.from({ length: rows }, (_, row) => `c${row % 700}`),
      ),
      numericColumn(
        'at',
        'date',
        Float64Array.from({ length: rows }, (_, row) => row),
        'date',
      ),
      numericColumn(
        'flag',
        'boolean',
        Float64Array.from({ length: rows }, (_, row) => row % 2),
        'boolean',
      ),
    ]);
    const packed = packTable(table);
    expect(unpackTable(packed)).toEqual(table);
    const larger = new Uint8Array(packed.length + 3);
    larger.set(packed, 3);
    expect(unpackTable(larger.subarray(3))).toEqual(table);
    // A buffer's own slice does not copy.
    expect(unpackTable(Buffer.from(larger.buffer).subarray(3))).toEqual(table);
  });

  it('takes a byte for small integers and for few texts', () => {
    const rows = 80_000;
    const small = numericColumn(
      'n',
      'integer',
      Float64Array.from({ length: rows }, (_, row) => row % 100),
    );
    const few = stringColumn(
      's',
      Array.from({ length: rows }, (_, row) => `value ${row % 50}`),
    );
    expect(packTable(tableOf([small, few])).length).toBeLessThan(2 * rows + 2_000);
  });

  it('says that bytes are no table', () => {
    const packed = packTable(tableOf([numericColumn('n', 'number', Float64Array.of(1.5, 2.25))]));
    for (const bytes of [new Uint8Array(2), new Uint8Array(40).fill(255), packed.subarray(0, packed.length - 8)])
      expect(() => unpackTable(bytes)).toThrow(expect.objectContaining({ code: 'TABLE_UNREADABLE' }));
  });
});
