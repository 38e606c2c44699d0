import type { JsonSchema } from '../json-schema';

/** A limit on a value, a length or a count. */
interface Bound {
  value: number;
  exclusive: boolean;
}

type Measure = (value: unknown) => number | undefined;

const asNumber: Measure = (value) => (typeof value === 'number' ? value : undefined);
// JSON Schema counts code points, not UTF-16 units.
const asLength: Measure = (value) => (typeof value === 'string' ? [...value].length : undefined);
const asItems: Measure = (value) => (Array.isArray(value) ? value.length : undefined);
const asProperties: Measure = (value) =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.keys(value).length : undefined;

interface Limit {
  inclusive: string;
  exclusive?: string;
  measure: Measure;
}

const lowerLimits: Limit[] = [
  { inclusive: 'minimum', exclusive: 'exclusiveMinimum', measure: asNumber },
  { inclusive: 'minLength', measure: asLength },
  { inclusive: 'minItems', measure: asItems },
  { inclusive: 'minProperties', measure: asProperties },
];

const upperLimits: Limit[] = [
  { inclusive: 'maximum', exclusive: 'exclusiveMaximum', measure: asNumber },
  { inclusive: 'maxLength', measure: asLength },
  { inclusive: 'maxItems', measure: asItems },
  { inclusive: 'maxProperties', measure: asProperties },
];

/** `sign` +1 for lower bounds, −1 for upper ones: after multiplying by it, the larger bound is the tighter one. */
function tightest(schema: JsonSchema, limit: Limit, sign: 1 | -1): Bound | undefined {
  const found: Bound[] = [];
  const inclusive = schema[limit.inclusive];
  if (typeof inclusive === 'number') found.push({ value: inclusive, exclusive: false });
  const exclusive = limit.exclusive && schema[limit.exclusive];
  if (typeof exclusive === 'number') found.push({ value: exclusive, exclusive: true });
  found.sort((a, b) => sign * (b.value - a.value) || Number(b.exclusive) - Number(a.exclusive));
  return found[0] ?? boundOfValues(schema.enum, limit.measure, sign);
}

/** A closed list of values bounds itself. */
function boundOfValues(values: unknown[] | undefined, measure: Measure, sign: 1 | -1): Bound | undefined {
  const measured = (values ?? []).map(measure).filter((size) => size !== undefined);
  if (!measured.length) return undefined;
  return { value: sign === 1 ? Math.min(...measured) : Math.max(...measured), exclusive: false };
}

function holds(written: Bound | undefined, read: Bound, sign: 1 | -1): boolean {
  if (!written) return false;
  const slack = sign * (written.value - read.value);
  return slack > 0 || (slack === 0 && (written.exclusive || !read.exclusive));
}

function tightened(limits: Limit[], sign: 1 | -1): (writer: JsonSchema, reader: JsonSchema) => string[] {
  return (writer, reader) =>
    limits.flatMap((limit) => {
      const read = tightest(reader, limit, sign);
      if (!read || reader.enum) return [];
      const written = tightest(writer, limit, sign);
      if (holds(written, read, sign)) return [];
      return [`${limit.inclusive} ${written?.value ?? 'unbounded'} is written, ${read.value} is read`];
    });
}

export const raisedLowerBounds = tightened(lowerLimits, 1);
export const loweredUpperBounds = tightened(upperLimits, -1);
