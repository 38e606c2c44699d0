import type { JsonSchema } from '../json-schema';

/** JSON type of a value, with `integer` for whole numbers. */
export function typeOfValue(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  return Number.isInteger(value) ? 'integer' : typeof value;
}

/** A value of type `written` is always a value of type `read`. */
export const isSubtype = (written: string, read: string): boolean =>
  written === read || (written === 'integer' && read === 'number');

/** The alternatives of a schema, each with at most one type. `oneOf` reads as `anyOf`: branches are disjoint here. */
export function branches(schema: JsonSchema): JsonSchema[] {
  const { anyOf, oneOf, ...rest } = schema;
  const union = anyOf ?? oneOf;
  if (union) return union.flatMap((branch) => branches({ ...rest, ...branch }));
  if ('const' in schema) return branches(withEnum(schema));
  if (Array.isArray(schema.type)) return schema.type.map((type) => ofType(schema, type));
  return [schema];
}

function withEnum(schema: JsonSchema): JsonSchema {
  const { const: value, ...rest } = schema;
  return { type: typeOfValue(value), ...rest, enum: [value] };
}

function ofType(schema: JsonSchema, type: string): JsonSchema {
  if (!schema.enum) return { ...schema, type };
  return { ...schema, type, enum: schema.enum.filter((value) => isSubtype(typeOfValue(value), type)) };
}
