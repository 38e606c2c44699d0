type Cell = string | number | boolean | null | undefined;

/** RFC 4180: quoted where it holds a comma, a quote or a line break; null is empty. */
export function csvField(value: Cell): string {
  const text = value == null ? '' : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replace(/"/g, '""')}"` : text;
}

const csvLine = (cells: readonly Cell[]): string => cells.map(csvField).join(',');

export function* csvLines(
  columns: readonly string[],
  rows: Iterable<Readonly<Record<string, Cell>>>,
): Generator<string> {
  yield csvLine(columns);
  for (const row of rows) yield csvLine(columns.map((name) => row[name]));
}

export function* jsonLines(rows: Iterable<unknown>): Generator<string> {
  for (const row of rows) yield JSON.stringify(row);
}
