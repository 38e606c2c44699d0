const FIELDS = [
  { low: 0, high: 59, names: [] },
  { low: 0, high: 23, names: [] },
  { low: 1, high: 31, names: [] },
  { low: 1, high: 12, names: ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'] },
  { low: 0, high: 7, names: ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] },
] as const;

type Field = (typeof FIELDS)[number];

function valueOf(text: string, field: Field): number | null {
  const named = (field.names as readonly string[]).indexOf(text.toLowerCase());
  const value = named >= 0 ? named + field.low : /^\d{1,2}$/.test(text) ? Number(text) : Number.NaN;
  return value >= field.low && value <= field.high ? value : null;
}

function isRange(text: string, field: Field): boolean {
  if (text === '*') return true;
  const [from = '', to, ...rest] = text.split('-');
  if (rest.length > 0) return false;
  const low = valueOf(from, field);
  const high = to === undefined ? low : valueOf(to, field);
  return low !== null && high !== null && low <= high;
}

function isListItem(text: string, field: Field): boolean {
  const [range = '', step, ...rest] = text.split('/');
  if (rest.length > 0 || !isRange(range, field)) return false;
  return step === undefined || (/^\d{1,2}$/.test(step) && Number(step) > 0);
}

/** Five fields (minute, hour, day of month, month, day of week) with lists, ranges, steps and names. */
export function isCronExpression(text: string): boolean {
  const parts = text.trim().split(/\s+/);
  return (
    parts.length === FIELDS.length &&
    FIELDS.every((field, index) => (parts[index] ?? '').split(',').every((item) => isListItem(item, field)))
  );
}
