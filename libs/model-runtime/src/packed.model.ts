import { declaredTensors, type PackedInputs, packInputs, type PackedTensor } from '@perennial/onnx-file';
import type { BatchColumns, InputBatch } from './input.batch';
import { readingFile } from './model.check';
import { batchColumns, checkGraph, type ModelSignature } from './model.signature';

/** Inputs of a packed graph, and how many columns each has: none where it has no such input. */
export interface TensorLayout {
  readonly numbers: { readonly name: string; readonly width: number };
  readonly codes: { readonly name: string; readonly width: number };
  readonly texts: readonly string[];
}

/** Rows as a packed graph takes them: value of row r in column c is numbers[r * width + c], and texts[c * rows + r]. */
export interface PackedBatch {
  readonly rows: number;
  readonly numbers: Float32Array;
  readonly codes: Int32Array;
  readonly texts: readonly string[];
}

/** A text column of a batch that becomes a column of a tensor. */
interface Coding {
  readonly from: number;
  readonly to: number;
  readonly codes: ReadonlyMap<string, number>;
  readonly other: number;
}

/** A model in the form that is run, and its batches in that form. */
export class PackedModel {
  readonly layout: TensorLayout;
  private readonly codings: Readonly<Record<'numbers' | 'codes', readonly Coding[]>>;
  /** Places among a batch's text columns. */
  private readonly texts: readonly number[];

  private constructor(
    readonly model: Uint8Array,
    { numbers, codes, texts }: PackedInputs,
    { stringInputs }: BatchColumns,
  ) {
    const placeOf = new Map(stringInputs.map((name, at) => [name, at]));
    const place = (name: string) => placeOf.get(name) as number;
    const codingsOf = ({ inputs, coded }: PackedTensor) =>
      coded.map(({ input, ...coding }, at) => ({ ...coding, from: place(input), to: inputs.length + at }));
    this.codings = { numbers: codingsOf(numbers), codes: codingsOf(codes) };
    this.texts = texts.map(place);
    this.layout = { numbers: widthOf(numbers), codes: widthOf(codes), texts };
  }

  /** Throws MODEL_UNLOADABLE where the graph does not fit the signature, or the file is malformed. */
  static of(file: Uint8Array, signature: ModelSignature): PackedModel {
    const columns = batchColumns(signature);
    return readingFile(() => {
      checkGraph(signature, declaredTensors(file));
      const packed = packInputs(file, columns.numericInputs, columns.stringInputs);
      return new PackedModel(packed.model, packed, columns);
    });
  }

  /** The batches' rows one below the other. */
  pack(batches: readonly InputBatch[]): PackedBatch {
    const { layout, codings } = this;
    const rows = batches.reduce((sum, batch) => sum + batch.rows, 0);
    const numbers = new Float32Array(rows * layout.numbers.width);
    const codes = new Int32Array(rows * layout.codes.width);
    const texts: string[] = new Array(rows * layout.texts.length);
    let first = 0;
    for (const batch of batches) {
      copyNumbers(batch, numbers.subarray(first * layout.numbers.width), layout.numbers.width);
      encode(batch, codings.numbers, numbers.subarray(first * layout.numbers.width), layout.numbers.width);
      encode(batch, codings.codes, codes.subarray(first * layout.codes.width), layout.codes.width);
      this.texts.forEach((from, to) => {
        for (let r = 0; r < batch.rows; r += 1) {
          texts[to * rows + first + r] = batch.strings[from * batch.rows + r] as string;
        }
      });
      first += batch.rows;
    }
    return { rows, numbers, codes, texts };
  }
}

const widthOf = ({ name, inputs, coded }: PackedTensor) => ({ name, width: inputs.length + coded.length });

/** Columns one after the other become rows one after the other. */
function copyNumbers({ rows, numbers }: InputBatch, to: Float32Array, width: number): void {
  for (let at = 0, c = 0; at < numbers.length; c += 1) {
    for (let r = 0; r < rows; r += 1) to[r * width + c] = numbers[at++] as number;
  }
}

function encode(
  { rows, strings }: InputBatch,
  codings: readonly Coding[],
  to: Float32Array | Int32Array,
  width: number,
): void {
  for (const { from, to: c, codes, other } of codings) {
    for (let r = 0; r < rows; r += 1) to[r * width + c] = codes.get(strings[from * rows + r] as string) ?? other;
  }
}
