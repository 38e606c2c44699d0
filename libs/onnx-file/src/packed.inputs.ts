import { namesTaken } from './graph.reach';
import { rewritten } from './message.rewriter';
import { type ModelParts, modelParts, textOf } from './model.parts';
import { columnValue, node, opsetImport } from './node.writer';
import { FLOAT, GRAPH, INT32, INT64, MODEL, VALUE } from './onnx.fields';
import type { Field } from './protobuf.reader';
import { concatenate, content } from './protobuf.writer';
import { type TextCodes, textCodes } from './text.codes';

/** A column that is made of a text input. */
export interface CodedColumn extends TextCodes {
  readonly input: string;
}

/** Columns that lie side by side in one input, [batch, columns]: graph inputs as they are, then coded texts. */
export interface PackedTensor {
  /** Of the input; there is none where there are no columns. */
  readonly name: string;
  readonly inputs: readonly string[];
  readonly coded: readonly CodedColumn[];
}

export interface PackedInputs {
  readonly model: Uint8Array;
  /** float32. */
  readonly numbers: PackedTensor;
  /** int32. */
  readonly codes: PackedTensor;
  /** Inputs that the graph still takes as they are: string [batch, 1]. */
  readonly texts: readonly string[];
}

/** Split must be told the number of its outputs since this version of ai.onnx, and cannot before. */
const SPLIT_COUNTS_SINCE = 18;
/** Where a file has operators of other domains alone. */
const ANY_OPSET = 13;

interface Encoder extends CodedColumn {
  readonly elementType: number;
  readonly output: string;
  /** Its place among the nodes of the graph. */
  readonly at: number;
}

interface Pack extends PackedTensor {
  readonly elementType: number;
  /** What the graph calls each of its columns. */
  readonly columns: readonly string[];
}

/**
 * The same model for a caller that has rows: it takes all numeric inputs in one tensor, and instead of texts the numbers
 * that its own encoders make of them. Each tensor and each text costs, for a few rows of a small model as much as the model.
 * `numeric` and `texts`: all inputs of the graph, float32 and string [batch, 1]. Throws MalformedMessageError.
 */
export function packInputs(file: Uint8Array, numeric: readonly string[], texts: readonly string[]): PackedInputs {
  const model = modelParts(file);
  const encoders = textEncoders(texts, model);
  const prefix = freePrefix(file);
  const pack = (name: string, elementType: number, inputs: readonly string[]): Pack => {
    const coded = encoders.filter((encoder) => encoder.elementType === elementType);
    const columns = [...inputs, ...coded.map(({ output }) => output)];
    return { name: prefix + name, elementType, inputs, coded, columns };
  };
  const numbers = pack('numbers', FLOAT, numeric);
  const codes = pack('codes', INT32, []);
  const replaced = new Set([...numeric, ...encoders.map(({ input }) => input)]);
  return {
    model: repacked(file, model, [numbers, codes], { inputs: replaced, nodes: new Set(encoders.map(({ at }) => at)) }),
    numbers,
    codes,
    texts: texts.filter((input) => !replaced.has(input)),
  };
}

/** Of the inputs that encoders alone take, and that are no outputs themselves. */
function textEncoders(inputs: readonly string[], { graph, opsets }: ModelParts): Encoder[] {
  const found = new Map(inputs.map((input) => [input, [] as Encoder[]]));
  for (const { name } of graph.outputs) found.delete(name);
  for (const [at, reader] of graph.nodes.entries()) {
    for (const input of namesTaken(reader)) {
      const encoders = found.get(input);
      if (encoders === undefined) continue;
      const coded = textCodes(reader, opsets);
      if (coded) encoders.push({ ...coded, input, output: reader.outputs[0] as string, at });
      else found.delete(input);
    }
  }
  return [...found.values()].flat();
}

/** No name of the file begins so. One that was made to have them all is left to the runtime, which refuses it. */
function freePrefix(file: Uint8Array): string {
  const bytes = Buffer.from(file.buffer, file.byteOffset, file.byteLength);
  let prefix = 'packed/';
  for (let tries = 0; tries < 8 && bytes.includes(prefix); tries += 1) prefix = `_${prefix}`;
  return prefix;
}

function repacked(
  file: Uint8Array,
  { opsets }: ModelParts,
  packs: readonly Pack[],
  replaced: { readonly inputs: ReadonlySet<string>; readonly nodes: ReadonlySet<number> },
): Uint8Array {
  const filled = packs.filter(({ columns }) => columns.length > 0);
  const opset = opsets.get('') ?? ANY_OPSET;
  const front = filled.flatMap((pack) => [
    content(GRAPH.input, columnValue(pack.name, pack.elementType, pack.columns.length)),
    ...columnNodes(pack, opset).map((message) => content(GRAPH.node, message)),
  ]);
  let nodes = 0;
  const isReplaced = ({ number, content: message }: Field): boolean => {
    if (message === undefined) return false;
    if (number === GRAPH.node) return replaced.nodes.has(nodes++);
    return number === GRAPH.input && replaced.inputs.has(textOf(message, VALUE.name));
  };
  const model = rewritten(file, ({ number, content: graph }) => {
    if (number !== MODEL.graph || !graph) return undefined;
    // Nodes stand before those that take from them.
    return content(number, [...front, rewritten(graph, (field) => (isReplaced(field) ? null : undefined))]);
  });
  return opsets.has('') ? model : concatenate([model, opsetImport(['', opset])]);
}

function columnNodes({ name, elementType, columns }: Pack, opset: number): Uint8Array[][] {
  const attributes = {
    axis: { integer: 1 },
    ...(opset >= SPLIT_COUNTS_SINCE && { num_outputs: { integer: columns.length } }),
  };
  const split = (input: string) => node({ op: 'Split', inputs: [input], outputs: columns, attributes });
  if (elementType === FLOAT) return [split(name)];
  const cast = `${name}/int64`;
  return [node({ op: 'Cast', inputs: [name], outputs: [cast], attributes: { to: { integer: INT64 } } }), split(cast)];
}
