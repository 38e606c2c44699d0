import type { ColumnDeclaration } from '@perennial/pipeline';

type Typed = string | number | boolean | null;

const DECIMAL = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;
const BOOLEANS = new Map([
  ['true', true],
  ['1', true],
  ['false', false],
  ['0', false],
]);

/** What a text cannot be read as stays text, for the validator to refuse with the declared rule. */
function typedCell(text: string, type: ColumnDeclaration['type'] | undefined): Typed {
  if (text === '') return null;
  const trimmed = text.trim();
  switch (type) {
    case 'number':
    case 'integer':
      return DECIMAL.test(trimmed) ? Number(trimmed) : text;
    case 'boolean':
      return BOOLEANS.get(trimmed.toLowerCase()) ?? text;
    case 'date':
    case 'category':
      return trimmed;
    default:
      return text;
  }
}

/** CSV has only text: gives each field the type that its column declares. */
export function csvTyping(
  columns: readonly ColumnDeclaration[],
): (record: Record<string, unknown>) => Record<string, Typed> {
  const types = new Map(columns.map(({ name, type }) => [name, type]));
  return (record) =>
    Object.fromEntries(Object.entries(record).map(([name, text]) => [name, typedCell(String(text), types.get(name))]));
}
