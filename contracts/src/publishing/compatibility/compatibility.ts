import { isDeepStrictEqual } from 'node:util';
import { type JsonSchema, withoutAnnotations } from '../json-schema';
import { branches } from './branches';
import { type Direction, rules } from './compatibility.rules';

export interface Incompatibility {
  rule: string;
  direction: Direction;
  /** JSON path of the value, `$` for the whole. */
  path: string;
  message: string;
}

/** Keywords that do not decide which values are valid. */
const ANNOTATIONS = ['$schema', '$id', '$comment', 'title', 'description', 'examples', 'default', 'deprecated'];

const UNDERSTOOD = new Set([
  ...['type', 'enum', 'const', 'anyOf', 'oneOf', 'properties', 'required', 'additionalProperties', 'propertyNames'],
  ...['items', 'prefixItems', 'uniqueItems', 'multipleOf', 'pattern', 'format', 'minimum', 'exclusiveMinimum'],
  ...[
    'minLength',
    'minItems',
    'minProperties',
    'maximum',
    'exclusiveMaximum',
    'maxLength',
    'maxItems',
    'maxProperties',
  ],
]);

/**
 * Why the two versions are not compatible in both directions; empty when they are.
 * Conservative: what it cannot decide counts as incompatible.
 */
export function incompatibilities(older: JsonSchema, newer: JsonSchema): Incompatibility[] {
  const [before, after] = [withoutAnnotations(older, ANNOTATIONS), withoutAnnotations(newer, ANNOTATIONS)];
  return [...compare(before, after, '$', 'backward'), ...compare(after, before, '$', 'forward')];
}

function compare(writer: JsonSchema, reader: JsonSchema, path: string, direction: Direction): Incompatibility[] {
  if (isDeepStrictEqual(writer, reader)) return [];
  const unknown = [writer, reader].flatMap(Object.keys).filter((keyword) => !UNDERSTOOD.has(keyword));
  if (unknown.length) {
    const message = `cannot be compared: ${[...new Set(unknown)].join(', ')}`;
    return [{ rule: 'unsupported-keyword', direction, path, message }];
  }
  const [written, read] = [branches(writer), branches(reader)];
  if (written.length === 1 && read.length === 1) return compareBranch(written[0]!, read[0]!, path, direction);
  return written.flatMap((branch) => compareUnion(branch, read, path, direction));
}

/** Some branch of the reader must take the whole branch of the writer. */
function compareUnion(
  writer: JsonSchema,
  readers: JsonSchema[],
  path: string,
  direction: Direction,
): Incompatibility[] {
  const tries = readers.map((reader) => compareBranch(writer, reader, path, direction));
  if (tries.some((problems) => problems.length === 0)) return [];
  const sameType = tries.filter((problems) => !problems.some((p) => p.rule === 'type-changed' && p.path === path));
  if (sameType.length === 1) return sameType[0]!;
  const message = `no branch of the reader takes ${JSON.stringify(writer).slice(0, 200)}`;
  return [{ rule: 'union-branch-removed', direction, path, message }];
}

function compareBranch(writer: JsonSchema, reader: JsonSchema, path: string, direction: Direction): Incompatibility[] {
  const own = rules
    .filter((rule) => !rule.direction || rule.direction === direction)
    .flatMap((rule) => rule.check(writer, reader).map((message) => ({ rule: rule.id, direction, path, message })));
  if (own.some((problem) => problem.rule === 'type-changed')) return own;
  const inner = children(writer, reader).flatMap(([step, from, to]) => compare(from, to, path + step, direction));
  return [...own, ...inner];
}

type Pair = [step: string, writer: JsonSchema, reader: JsonSchema];

const ANYTHING: JsonSchema = {};
/** `true`, `false` and an absent keyword as a schema; `false` never reaches a child pair. */
const asSchema = (value: boolean | JsonSchema | undefined): JsonSchema =>
  typeof value === 'object' ? value : ANYTHING;

function children(writer: JsonSchema, reader: JsonSchema): Pair[] {
  const tuple = (writer.prefixItems ?? []).slice(0, reader.prefixItems?.length ?? 0);
  const pairs: Pair[] = [
    ...propertyPairs(writer, reader),
    ...tuple.map((item, index): Pair => [`[${index}]`, item, reader.prefixItems![index]!]),
  ];
  if (reader.items !== undefined) pairs.push(['[*]', asSchema(writer.items), asSchema(reader.items)]);
  const named = typeof writer.additionalProperties === 'object';
  if (named && reader.propertyNames) pairs.push(['.<name>', asSchema(writer.propertyNames), reader.propertyNames]);
  return pairs;
}

/** What the writer declares meets what the reader declares, and on either side the schema of other properties. */
function propertyPairs(writer: JsonSchema, reader: JsonSchema): Pair[] {
  const [written, read] = [writer.properties ?? {}, reader.properties ?? {}];
  const [others, readOthers] = [writer.additionalProperties, reader.additionalProperties];
  const pairs: Pair[] = [];
  for (const [name, schema] of Object.entries(written)) {
    const target = read[name] ?? (readOthers === false ? undefined : asSchema(readOthers));
    if (target) pairs.push([`.${name}`, schema, target]);
  }
  if (typeof others !== 'object') return pairs;
  for (const [name, schema] of Object.entries(read)) if (!written[name]) pairs.push([`.${name}`, others, schema]);
  if (readOthers !== false) pairs.push(['.*', others, asSchema(readOthers)]);
  return pairs;
}
