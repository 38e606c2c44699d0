import type { BenchResult } from './bench.result';

const HEADER = ['', 'unit', 'ours min', 'median', 'peer min', 'median', 'ratio', 'peer'];
const TEXT_COLUMNS = new Set([0, 1, 7]);

/** Results as lines of text: times of both sides, ratio, and what the ratio means. */
export function resultTable(results: readonly BenchResult[]): string {
  const rows = results.map(({ name, unit, ours, peer, ratio }) => [
    name,
    unit,
    ...[ours.min, ours.median, peer.min, peer.median].map(timeText),
    `${ratio.toFixed(2)}×`,
    peer.name,
  ]);
  const all = [HEADER, ...rows];
  const widths = HEADER.map((_, column) => Math.max(...all.map((row) => (row[column] as string).length)));
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, column) => (TEXT_COLUMNS.has(column) ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!)))
      .join('  ')
      .trimEnd();
  const rule = widths.map((width) => '─'.repeat(width)).join('──');
  return ['ratio = peer ÷ ours, of the medians: above 1 ours is faster', line(HEADER), rule, ...rows.map(line)].join(
    '\n',
  );
}

/** About four significant digits, without an exponent. */
function timeText(value: number): string {
  const decimals = Math.min(6, Math.max(0, 3 - Math.floor(Math.log10(value))));
  return value.toFixed(decimals);
}
