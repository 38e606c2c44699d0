import type { ColumnDeclaration } from '@perennial/pipeline';

export type Typed = string | number | boolean | null;

const decimal = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;
const booleans: ReadonlyMap<string, boolean> = new Map([
  ['true', true],
  ['1', true],
  ['false', false],
  ['0', false],
]);

/**
 * Text as the value that its column declares; '' is null. What cannot be read so stays text: whether a value is good
 * is for ingestion to judge, record by record.
 */
export function typedCell(text: string, type: ColumnDeclaration['type'] | undefined): Typed {
  if (text === '') return null;
  const trimmed = text.trim();
  switch (type) {
    case 'number':
    case 'integer':
      return decimal.test(trimmed) ? Number(trimmed) : text;
    case 'boolean':
      return booleans.get(trimmed.toLowerCase()) ?? text;
    case 'date':
    case 'category':
      return trimmed;
    default:
      return text;
  }
}

/** A record of text becomes one of the declared types; columns that are not declared stay text. */
export function recordTyping(columns: readonly ColumnDeclaration[]) {
  const types = new Map(columns.map(({ name, type }) => [name, type]));
  return (record: Readonly<Record<string, unknown>>): Record<string, Typed> =>
    Object.fromEntries(Object.entries(record).map(([name, text]) => [name, typedCell(String(text), types.get(name))]));
}
