import type { NodeParts } from './model.parts';
import { attributeValues } from './node.attributes';
import { FLOAT, INT32, INT64 } from './onnx.fields';

/** The numbers that a node gives texts. */
export interface TextCodes {
  readonly codes: ReadonlyMap<string, number>;
  /** Of every other text. */
  readonly other: number;
}

const ML = 'ai.onnx.ml';
/** Of ai.onnx.ml: before, the operator numbered texts by their place. */
const MAPS_SINCE = 2;

const KINDS = [
  { list: 'values_int64s', single: 'default_int64', elementType: INT64 },
  { list: 'values_floats', single: 'default_float', elementType: FLOAT },
] as const;

/** What the operator reads when the list is there, and what does no harm beside it. */
const MEANT: readonly string[] = [
  'keys_strings',
  'default_string',
  ...KINDS.flatMap(({ list, single }) => [list, single]),
];

/** Stands for bytes that are no text. */
const NOT_UTF8 = '\ufffd';

/**
 * What a LabelEncoder makes of texts, as int32 for its int64 or as float32. Undefined for any other node, and for one
 * that is written so that this file does not know for sure what the runtime makes of it.
 */
export function textCodes(node: NodeParts, opsets: ReadonlyMap<string, number>) {
  const { op, domain, inputs, outputs } = node;
  const isEncoder = op === 'LabelEncoder' && domain === ML && (opsets.get(ML) ?? 0) >= MAPS_SINCE;
  const isPlain = isEncoder && inputs.length === 1 && outputs.length === 1;
  const values = isPlain ? attributeValues(node) : undefined;
  if (values === undefined || [...values.keys()].some((name) => !MEANT.includes(name))) return undefined;
  const given = KINDS.filter(({ list }) => values.has(list));
  const [kind] = given;
  if (kind === undefined || given.length > 1) return undefined;
  const keys = values.get('keys_strings')?.texts ?? [];
  const numbersOf = (name: string): number[] => {
    const { integers = [], floats = [] } = values.get(name) ?? {};
    return kind.elementType === INT64 ? integers.map(Number) : [...floats];
  };
  const codes = numbersOf(kind.list);
  const [other = kind.elementType === INT64 ? -1 : -0] = numbersOf(kind.single);
  const isSure = keys.length > 0 && codes.length === keys.length && new Set(keys).size === keys.length;
  const fits = kind.elementType === FLOAT || [...codes, other].every((code) => code === (code | 0));
  if (!isSure || !fits || keys.some((key) => key.includes(NOT_UTF8))) return undefined;
  const known: TextCodes = { codes: new Map(keys.map((key, at) => [key, codes[at] as number])), other };
  return { ...known, elementType: kind.elementType === INT64 ? INT32 : FLOAT };
}
