import { stripVTControlCharacters } from 'node:util';

export interface TableColumn<Row> {
  readonly title: string;
  readonly align?: 'left' | 'right';
  value(row: Row): string | number | null | undefined;
}

export const displayWidth = (text: string): number => [...stripVTControlCharacters(text)].length;

function padded(text: string, width: number, align: 'left' | 'right'): string {
  const space = ' '.repeat(Math.max(0, width - displayWidth(text)));
  return align === 'right' ? space + text : text + space;
}

/** Aligned columns under a line of titles; what is absent shows as a dash. Cells may hold colour codes. */
export function table<Row>(rows: readonly Row[], columns: readonly TableColumn<Row>[]): string {
  const shown = (cell: string | number | null | undefined) => (cell == null || cell === '' ? '-' : String(cell));
  const cells = rows.map((row) => columns.map((column) => shown(column.value(row))));
  const lines = [columns.map(({ title }) => title), ...cells];
  const widths = columns.map((_, index) => Math.max(...lines.map((line) => displayWidth(line[index] as string))));
  return lines
    .map((line) =>
      line
        .map((cell, index) => padded(cell, widths[index] as number, columns[index]?.align ?? 'left'))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** `name  value` lines, names aligned. */
export function pairs(entries: readonly (readonly [string, string | number | null | undefined])[]): string {
  const width = Math.max(0, ...entries.map(([name]) => displayWidth(name)));
  return entries.map(([name, value]) => `${padded(name, width, 'left')}  ${value ?? '-'}`.trimEnd()).join('\n');
}

export const indented = (text: string, by = 2): string => text.replace(/^(?=.)/gm, ' '.repeat(by));
