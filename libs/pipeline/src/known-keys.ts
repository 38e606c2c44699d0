import { z } from 'zod';
import { valueAt, type Path } from './path';

const WRAPPERS = [z.ZodDefault, z.ZodPrefault, z.ZodOptional, z.ZodNullable];

function unwrapped(schema: z.core.$ZodType): z.core.$ZodType {
  let current = schema;
  while (WRAPPERS.some((wrapper) => current instanceof wrapper)) {
    current = (current as z.ZodOptional).def.innerType;
  }
  return current;
}

function childOf(schema: z.core.$ZodType, part: string | number, value: unknown): z.core.$ZodType | null {
  const inner = unwrapped(schema);
  if (inner instanceof z.ZodArray) return chosenOption(inner.element, value);
  if (!(inner instanceof z.ZodObject)) return null;
  const child = (inner.shape as Record<string, z.core.$ZodType>)[part];
  return child ? chosenOption(child, value) : null;
}

/** Of a discriminated union the option that the value chose; any other schema without its defaults. */
export function chosenOption(schema: z.core.$ZodType, value: unknown): z.core.$ZodType {
  const inner = unwrapped(schema);
  if (!(inner instanceof z.ZodDiscriminatedUnion)) return inner;
  const { discriminator } = inner.def;
  const chosen = inner.options.find((option) => {
    const tag = option instanceof z.ZodObject ? (option.shape as Record<string, z.ZodType>)[discriminator] : undefined;
    return tag?.safeParse(valueAt(value, [discriminator])).success;
  });
  return chosen ?? inner;
}

/** Keys that the schema knows at the path; empty where it is not a map. */
export function keysAt(schema: z.ZodType, path: Path, input: unknown): string[] {
  let current: z.core.$ZodType | null = schema;
  path.forEach((part, index) => {
    if (current) current = childOf(current, part, valueAt(input, path.slice(0, index + 1)));
  });
  const inner = current === null ? null : unwrapped(current);
  return inner instanceof z.ZodObject ? Object.keys(inner.shape) : [];
}

/** Levenshtein distance; case and separators do not count. */
function editDistance(a: string, b: string): number {
  const plain = (text: string) => text.toLowerCase().replace(/[-_ ]/g, '');
  const [left, right] = [plain(a), plain(b)];
  let row = Array.from({ length: right.length + 1 }, (_, index) => index);
  for (let i = 1; i <= left.length; i++) {
    const next = [i];
    for (let j = 1; j <= right.length; j++) {
      const substitution = (row[j - 1] ?? 0) + (left[i - 1] === right[j - 1] ? 0 : 1);
      next.push(Math.min(substitution, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[right.length] ?? 0;
}

/** The known key that a mistyped one most likely meant: at most a third of its letters differ. */
export function nearestKey(key: string, known: readonly string[]): string | null {
  const ranked = known
    .map((candidate) => ({ candidate, distance: editDistance(key, candidate) }))
    .sort((a, b) => a.distance - b.distance);
  const best = ranked[0];
  return best && best.distance <= Math.max(1, Math.floor(key.length / 3)) ? best.candidate : null;
}
