import { isDeepStrictEqual } from 'node:util';
import type { JsonSchema } from '../json-schema';
import { isSubtype } from './branches';
import { loweredUpperBounds, raisedLowerBounds } from './bounds';

/** `backward`: the newer version reads what the older one wrote; `forward`: the older reads the newer. */
export type Direction = 'backward' | 'forward';

/** One way in which a reader fails to take what a writer may write. Looks at one level; the caller descends. */
export interface Rule {
  id: string;
  says: string;
  /** Only checked in this direction; in both when absent. */
  direction?: Direction;
  check(writer: JsonSchema, reader: JsonSchema): string[];
}

const properties = (schema: JsonSchema): string[] => Object.keys(schema.properties ?? {});
const required = (schema: JsonSchema): string[] => schema.required ?? [];
const show = (value: unknown): string => JSON.stringify(value) ?? 'anything';
const tupleLength = (schema: JsonSchema): number => schema.prefixItems?.length ?? 0;

function changed(keyword: string): Rule['check'] {
  return (writer, reader) =>
    reader[keyword] === undefined || isDeepStrictEqual(writer[keyword], reader[keyword])
      ? []
      : [`${keyword} ${show(writer[keyword])} is written, ${show(reader[keyword])} is read`];
}

/** A pattern binds a closed list of values only through those values. */
function patternChanged(writer: JsonSchema, reader: JsonSchema): string[] {
  const pattern = reader['pattern'];
  if (typeof pattern !== 'string' || !writer.enum) return changed('pattern')(writer, reader);
  return writer.enum
    .filter((value) => typeof value === 'string' && !new RegExp(pattern, 'u').test(value))
    .map((value) => `${show(value)} does not match ${pattern}`);
}

function multipleOfChanged(writer: JsonSchema, reader: JsonSchema): string[] {
  const read = reader['multipleOf'];
  if (typeof read !== 'number') return [];
  const written = writer['multipleOf'] ?? (writer.type === 'integer' ? 1 : undefined);
  const divides = typeof written === 'number' && Number.isInteger(written / read);
  return divides ? [] : [`multiples of ${show(written)} are written, of ${read} are read`];
}

/** Writers are closed (they write declared fields only); readers are open unless they say otherwise. */
export const rules: readonly Rule[] = [
  {
    id: 'type-changed',
    says: 'A value keeps its type; an integer may be read as a number.',
    check: ({ type: written }, { type: read }) =>
      typeof read !== 'string' || (typeof written === 'string' && isSubtype(written, read))
        ? []
        : [`${show(written)} is written, ${show(read)} is read`],
  },
  {
    id: 'enum-value-unknown',
    says: 'A reader with a closed list knows every value of the writer’s list.',
    check: (writer, reader) =>
      (reader.enum && writer.enum ? writer.enum : [])
        .filter((value) => !reader.enum?.some((known) => isDeepStrictEqual(known, value)))
        .map((value) => `${show(value)} is written, but not in the reader’s list`),
  },
  {
    id: 'enum-added',
    says: 'A free value does not become a closed list.',
    check: (writer, reader) =>
      reader.enum && !writer.enum ? [`any value is written, ${show(reader.enum)} is read`] : [],
  },
  { id: 'lower-bound-raised', says: 'A minimum is not raised.', check: raisedLowerBounds },
  { id: 'upper-bound-lowered', says: 'A maximum is not lowered.', check: loweredUpperBounds },
  { id: 'multiple-of-changed', says: 'A step is not made coarser.', check: multipleOfChanged },
  { id: 'pattern-changed', says: 'A pattern is neither added nor changed.', check: patternChanged },
  { id: 'format-changed', says: 'A format is neither added nor changed.', check: changed('format') },
  { id: 'unique-items-added', says: 'Items do not become unique.', check: changed('uniqueItems') },
  {
    id: 'property-required',
    says: 'A reader requires only what every writer writes.',
    check: (writer, reader) =>
      required(reader)
        .filter((name) => !required(writer).includes(name))
        .map((name) => `'${name}' is required by the reader and may be left out by the writer`),
  },
  {
    id: 'property-removed',
    says: 'A declared property stays declared, so that its name never gets a second meaning.',
    direction: 'backward',
    check: (writer, reader) =>
      properties(writer)
        .filter((name) => !properties(reader).includes(name))
        .map((name) => `'${name}' is no longer declared`),
  },
  {
    id: 'property-refused',
    says: 'A reader does not refuse properties that a writer writes.',
    check: (writer, reader) => {
      if (reader.additionalProperties !== false) return [];
      const refused = properties(writer).filter((name) => !properties(reader).includes(name));
      const anyName = typeof writer.additionalProperties === 'object' || writer.additionalProperties === true;
      return [
        ...refused.map((name) => `'${name}' is refused`),
        ...(anyName ? ['undeclared properties are refused'] : []),
      ];
    },
  },
  {
    id: 'tuple-length-changed',
    says: 'A tuple keeps its length.',
    check: (writer, reader) => {
      const [written, read] = [tupleLength(writer), tupleLength(reader)];
      if (written !== read) return [`${written} items are written, ${read} are read`];
      const openEnd = writer.items !== undefined && writer.items !== false;
      return openEnd && reader.items === false ? [`more than ${read} items are written, ${read} are read`] : [];
    },
  },
];
