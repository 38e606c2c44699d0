import { z } from 'zod';
import type { EventContract } from '../define';

/** The part of JSON Schema (draft 2020-12) that zod derives. */
export interface JsonSchema {
  [keyword: string]: unknown;
  type?: string | string[];
  enum?: unknown[];
  properties?: Record<string, JsonSchema>;
  required?: string[];
  additionalProperties?: boolean | JsonSchema;
  propertyNames?: JsonSchema;
  items?: boolean | JsonSchema;
  prefixItems?: JsonSchema[];
  anyOf?: JsonSchema[];
  oneOf?: JsonSchema[];
}

/** JSON Schema of `data` as a consumer accepts it: unknown fields are allowed. */
export function deriveSchema(contract: EventContract): JsonSchema {
  const { $schema, ...schema } = z.toJSONSchema(contract.schema, { io: 'input', target: 'draft-2020-12' });
  return { $schema, $id: contract.dataschema, title: contract.title, ...schema } as JsonSchema;
}

/** The same schema in draft 07, the dialect that every AsyncAPI 3.0 tool reads. */
export function derivePayloadSchema(contract: EventContract): JsonSchema {
  const { $schema: _dialect, ...schema } = z.toJSONSchema(contract.schema, { io: 'input', target: 'draft-7' });
  return schema as JsonSchema;
}

/** Keywords whose keys are names that the author chose, not keywords. */
const NAME_MAPS = ['properties', '$defs', 'patternProperties', 'dependentSchemas'];
/** Keywords whose value is data, not a schema. */
const DATA = ['enum', 'const', 'default', 'examples', 'required'];

/** Copy without the given annotation keywords at every level; property names and data stay as they are. */
export function withoutAnnotations(schema: JsonSchema, annotations: readonly string[]): JsonSchema {
  const visit = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(visit);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(
      Object.entries(value)
        .filter(([keyword]) => !annotations.includes(keyword))
        .map(([keyword, inner]) => [keyword, visitKeyword(keyword, inner)]),
    );
  };
  const visitKeyword = (keyword: string, inner: unknown): unknown => {
    if (DATA.includes(keyword)) return inner;
    if (!NAME_MAPS.includes(keyword)) return visit(inner);
    return Object.fromEntries(Object.entries(inner as object).map(([name, value]) => [name, visit(value)]));
  };
  return visit(schema) as JsonSchema;
}
