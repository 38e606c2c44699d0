import { z } from 'zod';
import type { JsonSchema } from '../json-schema';
import { type Direction, rules } from './compatibility.rules';
import { incompatibilities } from './compatibility';

const schema = (type: z.ZodType): JsonSchema => z.toJSONSchema(type, { io: 'input' }) as JsonSchema;
const object = (shape: z.ZodRawShape): JsonSchema => schema(z.object(shape));
const found = (older: JsonSchema, newer: JsonSchema): string[] =>
  incompatibilities(older, newer).map(({ rule, direction, path }) => `${rule} ${direction} ${path}`);

/** Each breaks exactly one rule from older to newer; reading the pair the other way round breaks it the other way. */
const breaking: [rule: string, direction: Direction, path: string, older: JsonSchema, newer: JsonSchema][] = [
  ['type-changed', 'backward', '$.a', object({ a: z.number() }), object({ a: z.int().min(-1e300).max(1e300) })],
  ['enum-value-unknown', 'backward', '$.a', object({ a: z.enum(['x', 'y']) }), object({ a: z.enum(['x']) })],
  ['enum-value-unknown', 'forward', '$.a', object({ a: z.enum(['x']) }), object({ a: z.enum(['x', 'y']) })],
  ['enum-added', 'backward', '$.a', object({ a: z.string() }), object({ a: z.enum(['x']) })],
  ['lower-bound-raised', 'backward', '$.a', object({ a: z.number().min(0) }), object({ a: z.number().min(1) })],
  ['lower-bound-raised', 'forward', '$.a', object({ a: z.string().min(1) }), object({ a: z.string() })],
  ['lower-bound-raised', 'backward', '$.a', object({ a: z.number().min(0) }), object({ a: z.number().positive() })],
  [
    'lower-bound-raised',
    'backward',
    '$.a',
    object({ a: z.array(z.string()) }),
    object({ a: z.array(z.string()).min(1) }),
  ],
  ['upper-bound-lowered', 'backward', '$.a', object({ a: z.string().max(9) }), object({ a: z.string().max(8) })],
  ['upper-bound-lowered', 'forward', '$.a', object({ a: z.number().max(1) }), object({ a: z.number().max(2) })],
  ['multiple-of-changed', 'backward', '$.a', object({ a: z.int() }), object({ a: z.int().multipleOf(2) })],
  ['pattern-changed', 'backward', '$.a', object({ a: z.string() }), object({ a: z.string().regex(/^a/) })],
  ['format-changed', 'backward', '$', { type: 'string' }, { type: 'string', format: 'date' }],
  ['unique-items-added', 'backward', '$', { type: 'array' }, { type: 'array', uniqueItems: true }],
  ['property-required', 'backward', '$', object({ a: z.string().optional() }), object({ a: z.string() })],
  ['property-required', 'backward', '$', object({}), object({ a: z.string() })],
  ['property-required', 'forward', '$', object({ a: z.string() }), object({ a: z.string().optional() })],
  ['property-removed', 'backward', '$', object({ a: z.string().optional() }), object({})],
  [
    'property-refused',
    'forward',
    '$',
    schema(z.strictObject({})),
    schema(z.strictObject({ a: z.string().optional() })),
  ],
  ['tuple-length-changed', 'backward', '$', { prefixItems: [{}] }, { prefixItems: [{}, {}] }],
  ['tuple-length-changed', 'backward', '$', { prefixItems: [{}], items: {} }, { prefixItems: [{}], items: false }],
  ['union-branch-removed', 'backward', '$.a', object({ a: z.string().nullable() }), object({ a: z.string() })],
  ['union-branch-removed', 'forward', '$.a', object({ a: z.string() }), object({ a: z.string().or(z.boolean()) })],
  ['unsupported-keyword', 'backward', '$', { type: 'string' }, { type: 'string', not: { const: '' } }],
  // The same rules below the top level.
  [
    'enum-value-unknown',
    'backward',
    '$.a[*]',
    object({ a: z.array(z.enum(['x', 'y'])) }),
    object({ a: z.array(z.enum(['x'])) }),
  ],
  [
    'property-required',
    'backward',
    '$.a[*]',
    object({ a: z.array(z.object({})) }),
    object({ a: z.array(z.object({ b: z.int() })) }),
  ],
  [
    'upper-bound-lowered',
    'backward',
    '$.a.*',
    object({ a: z.record(z.string(), z.number().max(2)) }),
    object({ a: z.record(z.string(), z.number().max(1)) }),
  ],
  [
    'pattern-changed',
    'backward',
    '$.a.<name>',
    object({ a: z.record(z.string(), z.int()) }),
    object({ a: z.record(z.string().regex(/^a/), z.int()) }),
  ],
  [
    'format-changed',
    'backward',
    '$[0]',
    { prefixItems: [{ type: 'string' }] },
    { prefixItems: [{ type: 'string', format: 'date' }] },
  ],
  ['type-changed', 'backward', '$.b', schema(z.looseObject({})), schema(z.looseObject({ b: z.string().optional() }))],
];

describe('each rule reports the change it is there for', () => {
  test.each(breaking)('%s, %s at %s', (rule, direction, path, older, newer) => {
    expect(found(older, newer)).toContain(`${rule} ${direction} ${path}`);
  });

  test('no rule is without a failing example', () => {
    const shown = new Set(breaking.map(([rule]) => rule));
    expect(rules.map(({ id }) => id).filter((id) => !shown.has(id))).toEqual([]);
  });

  test('a difference is seen from both sides', () => {
    const older = object({ a: z.enum(['x', 'y']) });
    const newer = object({ a: z.enum(['y', 'z']) });
    expect(found(older, newer)).toEqual(['enum-value-unknown backward $.a', 'enum-value-unknown forward $.a']);
  });
});

const harmless: [string, JsonSchema, JsonSchema][] = [
  ['an optional property is added', object({ a: z.int() }), object({ a: z.int(), b: z.string().min(3).optional() })],
  [
    'properties and lists change order',
    object({ a: z.enum(['x', 'y']), b: z.int() }),
    object({ b: z.int(), a: z.enum(['y', 'x']) }),
  ],
  ['a description changes', object({ a: z.string().describe('old') }), object({ a: z.string().describe('new') })],
  [
    'a property is named as an annotation',
    object({ title: z.string() }),
    object({ title: z.string(), description: z.string().optional() }),
  ],
  ['a union is spelt differently', { type: ['string', 'null'] }, { anyOf: [{ type: 'null' }, { type: 'string' }] }],
  ['a constant is spelt as a list', { type: 'integer', const: 1 }, { type: 'integer', enum: [1] }],
  ['a default changes', object({ a: z.int().default(1) }), object({ a: z.int().default(2) })],
];

test.each(harmless)('nothing is reported when %s', (_, older, newer) => {
  expect(found(older, newer)).toEqual([]);
});
