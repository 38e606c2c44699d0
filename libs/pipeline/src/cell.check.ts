import { canonicalText } from './canonical-text';
import { dateParser, dayNumber } from './date-format';
import type { ColumnDeclaration } from './pipeline';

/** A cell as a row carries it: a date is days since 1970-01-01, a category its canonical text. */
export type Cell = string | number | boolean | null;

/** Why a value is refused. */
export class Refusal {
  constructor(readonly rule: string) {}
}

/** json: types as declared. text: every value may be text (CSV) and is read as the declared type; '' is null. */
export type InputMode = 'json' | 'text';

/** Takes any value but null and undefined. */
export type CellCheck = (value: unknown) => Cell | Refusal;

const LONE_SURROGATE = /\p{Surrogate}/u;
const DECIMAL = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;

function bounds({ minimum, maximum }: { minimum?: number; maximum?: number }): (value: number) => Refusal | null {
  const tooLow = new Refusal(`must be at least ${minimum}`);
  const tooHigh = new Refusal(`must be at most ${maximum}`);
  const low = minimum ?? -Infinity;
  const high = maximum ?? Infinity;
  return (value) => (value < low ? tooLow : value > high ? tooHigh : null);
}

function numberCheck(column: ColumnDeclaration, mode: InputMode): CellCheck {
  const integer = column.type === 'integer';
  const wrongType = new Refusal(integer ? 'must be an integer' : 'must be a number');
  const notFinite = new Refusal('must be finite');
  const inexact = new Refusal('must be an integer of at most 2^53 - 1 in magnitude');
  const outside = bounds(column as { minimum?: number; maximum?: number });
  return (input) => {
    const value = mode === 'text' && typeof input === 'string' ? decimal(input) : input;
    if (typeof value !== 'number') return wrongType;
    if (!Number.isFinite(value)) return notFinite;
    if (integer && !Number.isSafeInteger(value)) return Number.isInteger(value) ? inexact : wrongType;
    return outside(value) ?? value + 0; // + 0 turns -0 into 0
  };
}

function decimal(text: string): number | null {
  const trimmed = text.trim();
  return DECIMAL.test(trimmed) ? Number(trimmed) : null;
}

function booleanCheck(mode: InputMode): CellCheck {
  const refusal = new Refusal(mode === 'text' ? 'must be true, false, 1 or 0' : 'must be true or false');
  const texts = new Map<unknown, boolean>([
    ['true', true],
    ['1', true],
    ['false', false],
    ['0', false],
  ]);
  return (value) => {
    if (typeof value === 'boolean') return value;
    if (mode === 'json' || typeof value !== 'string') return refusal;
    return texts.get(value.trim().toLowerCase()) ?? refusal;
  };
}

function dateCheck(column: ColumnDeclaration, mode: InputMode): CellCheck {
  const format = column.format ?? 'yyyy-MM-dd';
  const parse = dateParser(format);
  const wrong = new Refusal(`must be a date as ${format}`);
  const day = (bound: number | string | undefined) =>
    typeof bound === 'string' ? (dayNumber(bound) ?? undefined) : undefined;
  const tooEarly = new Refusal(`must not be before ${column.minimum}`);
  const tooLate = new Refusal(`must not be after ${column.maximum}`);
  const first = day(column.minimum) ?? -Infinity;
  const last = day(column.maximum) ?? Infinity;
  return (value) => {
    const days = typeof value === 'string' ? parse(mode === 'text' ? value.trim() : value) : null;
    if (days === null) return wrong;
    return days < first ? tooEarly : days > last ? tooLate : days;
  };
}

function textCheck(column: ColumnDeclaration, mode: InputMode): CellCheck {
  const category = column.type === 'category';
  const wrongType = new Refusal(category ? 'must be a string, number or boolean' : 'must be a string');
  const malformed = new Refusal('must be well-formed Unicode');
  const known = column.values && new Set(column.values.map(canonicalText));
  const unknown = new Refusal(`must be one of ${[...(known ?? [])].join(', ')}`);
  return (value) => {
    const text = typeof value === 'string' ? value : category ? scalarText(value) : null;
    if (text === null) return wrongType;
    if (LONE_SURROGATE.test(text)) return malformed;
    if (!known || known.has(text)) return text;
    const plain = mode === 'text' ? plainText(text) : text;
    return known.has(plain) ? plain : unknown;
  };
}

function scalarText(value: unknown): string | null {
  if (typeof value === 'number') return Number.isFinite(value) ? canonicalText(value) : null;
  return typeof value === 'boolean' ? canonicalText(value) : null;
}

/** Text of a CSV field without blanks, and of a number ("1.0", "01") in canonical form. */
function plainText(text: string): string {
  const number = decimal(text);
  return number === null ? text.trim() : canonicalText(number);
}

export function cellCheck(column: ColumnDeclaration, mode: InputMode): CellCheck {
  switch (column.type) {
    case 'number':
    case 'integer':
      return numberCheck(column, mode);
    case 'boolean':
      return booleanCheck(mode);
    case 'date':
      return dateCheck(column, mode);
    case 'string':
    case 'category':
      return textCheck(column, mode);
  }
}
