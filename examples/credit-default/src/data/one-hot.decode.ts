const PUBLISHED_COLUMNS = [
  ...['ID', 'LIMIT_BAL', 'SEX', 'EDUCATION', 'MARRIAGE', 'AGE'],
  ...['PAY_0', 'PAY_2', 'PAY_3', 'PAY_4', 'PAY_5', 'PAY_6'],
  ...['BILL_AMT1', 'BILL_AMT2', 'BILL_AMT3', 'BILL_AMT4', 'BILL_AMT5', 'BILL_AMT6'],
  ...['PAY_AMT1', 'PAY_AMT2', 'PAY_AMT3', 'PAY_AMT4', 'PAY_AMT5', 'PAY_AMT6'],
  'default_payment_next_month',
] as const;

type Reader = (cells: readonly string[]) => string;

/** The code c whose column PREFIX_c holds 1. Exactly one may. */
function oneHotReader(header: readonly string[], prefix: string): Reader {
  const codes = header.flatMap((name, index) => {
    const code = name.startsWith(`${prefix}_`) ? name.slice(prefix.length + 1) : '';
    return /^\d+$/.test(code) ? [{ code, index }] : [];
  });
  return (cells) => {
    const set = codes.filter(({ index }) => cells[index] === '1');
    if (set.length !== 1 || !set[0]) throw new RangeError(`${prefix} of row ${cells[0]}: ${set.length} columns hold 1`);
    return set[0].code;
  };
}

function columnReader(header: readonly string[], name: string): Reader {
  const index = header.indexOf(name);
  if (index < 0) throw new RangeError(`the credit table has no column ${name}`);
  return (cells) => {
    const value = Number(cells[index]);
    if (cells[index] === '' || !Number.isSafeInteger(value)) {
      throw new RangeError(`${name} of row ${cells[0]} must be a whole number, got "${cells[index]}"`);
    }
    return String(value);
  };
}

function readerOf(header: readonly string[], column: (typeof PUBLISHED_COLUMNS)[number]): Reader {
  if (column === 'EDUCATION' || column === 'MARRIAGE') return oneHotReader(header, column);
  if (column === 'default_payment_next_month') return columnReader(header, 'default-payment-next-month');
  const read = columnReader(header, column);
  // The source codes the sexes 0 and 1; the published table 1 (male) and 2 (female).
  return column === 'SEX' ? (cells) => String(Number(read(cells)) + 1) : read;
}

/** The packaged CSV (education and marriage one-hot, amounts as "1.0") as the CSV that UCI publishes. */
export function decodeOneHot(csv: string): string {
  const lines = csv.trimEnd().split(/\r?\n/);
  const header = (lines[0] ?? '').split(',');
  const readers = PUBLISHED_COLUMNS.map((column) => readerOf(header, column));
  const rows = lines.slice(1).map((line) => {
    const cells = line.split(',');
    return readers.map((read) => read(cells)).join(',');
  });
  return `${[PUBLISHED_COLUMNS.join(','), ...rows].join('\n')}\n`;
}

/** Records of the published CSV under lower-case column names; the id is text, all else numbers. */
export function parseTable(csv: string): Record<string, string | number>[] {
  const lines = csv.trimEnd().split('\n');
  const names = (lines[0] ?? '').toLowerCase().split(',');
  return lines.slice(1).map((line) => {
    const cells = line.split(',');
    return Object.fromEntries(
      names.map((name, index) => [name, name === 'id' ? `${cells[index]}` : Number(cells[index])]),
    );
  });
}
