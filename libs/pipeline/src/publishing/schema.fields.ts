import type { JSONSchema } from 'zod/v4/core';

type Schema = JSONSchema.BaseSchema;

/** One field of pipeline.yaml as its schema has it. */
export interface SchemaField {
  /** `dataset.columns[].name`; of an alternative `model{mlp}.hidden`, named by its first constant. */
  readonly path: string;
  /** In words: `integer, at least 1`. */
  readonly values: string;
  /** Absent where there is none. */
  readonly standard?: unknown;
  readonly required: boolean;
  /** The field's own place in the schema. */
  readonly schema: Schema;
}

/** Every field in the order of the schema, those of a map behind the map itself. */
export function schemaFields(schema: Schema, path = ''): SchemaField[] {
  const required = new Set(schema.required);
  return Object.entries(schema.properties ?? {}).flatMap(([name, value]) => {
    const child = value as Schema;
    const at = path === '' ? name : `${path}.${name}`;
    const field = { path: at, values: valuesOf(child), standard: child.default, required: required.has(name) };
    return [{ ...field, schema: child }, ...fieldsWithin(child, at)];
  });
}

function fieldsWithin(schema: Schema, path: string): SchemaField[] {
  const items = schema.items as Schema | undefined;
  if (items) return fieldsWithin(items, `${path}[]`);
  const chosen = alternatives(schema);
  if (chosen.length > 1) return chosen.flatMap((option) => schemaFields(option, `${path}{${nameOf(option)}}`));
  return schemaFields(chosen[0] ?? schema, path);
}

/** The maps that a value may be; `null` beside a map is none. */
function alternatives(schema: Schema): Schema[] {
  const options = (schema.oneOf ?? schema.anyOf ?? []) as Schema[];
  return options.filter(({ properties }) => properties !== undefined);
}

/** By what a map is told from its alternatives. */
function nameOf({ properties }: Schema): string {
  const constant = Object.values(properties ?? {}).find((value) => (value as Schema).const !== undefined);
  return String((constant as Schema | undefined)?.const);
}

function valuesOf(schema: Schema): string {
  if (schema.const !== undefined) return code(schema.const);
  if (schema.enum) return schema.enum.map(code).join(', ');
  const options = (schema.oneOf ?? schema.anyOf) as Schema[] | undefined;
  if (options) return [...new Set(options.map(valuesOf))].join(' or ');
  if (schema.items) return `list of ${valuesOf(schema.items as Schema)}${atLeast(schema)}`;
  if (schema.properties) return 'map';
  return [[schema.type].flat().join(' or '), ...numericBounds(schema)].join(', ');
}

const atLeast = ({ minItems = 0 }: Schema): string => (minItems > 0 ? `, at least ${minItems}` : '');

function numericBounds({ minimum, maximum, exclusiveMinimum, exclusiveMaximum }: Schema): string[] {
  const told = (relation: string, bound: number | undefined) => (bound === undefined ? [] : [`${relation} ${bound}`]);
  return [
    ...told('at least', minimum),
    ...told('above', exclusiveMinimum as number | undefined),
    ...told('at most', maximum === Number.MAX_SAFE_INTEGER ? undefined : maximum),
    ...told('below', exclusiveMaximum as number | undefined),
  ];
}

const code = (value: unknown): string => `\`${String(value)}\``;
