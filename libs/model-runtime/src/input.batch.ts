/**
 * Validated rows as tensors take them, column after column in the order of the signature's numeric inputs and of
 * its string inputs: value of row r in numeric column c is numbers[c * rows + r]. Missing is NaN or "".
 */
export interface InputBatch {
  readonly rows: number;
  readonly numbers: Float32Array;
  readonly strings: readonly string[];
}

/** Names of the inputs in the order of a batch's columns. */
export interface BatchColumns {
  readonly numericInputs: readonly string[];
  readonly stringInputs: readonly string[];
}

/** The batches' rows one below the other. All have the same columns. */
export function concatenate(batches: readonly InputBatch[]): InputBatch {
  if (batches.length === 1) return batches[0] as InputBatch;
  const rows = batches.reduce((sum, batch) => sum + batch.rows, 0);
  const first = batches.find((batch) => batch.rows > 0);
  if (first === undefined) return { rows: 0, numbers: new Float32Array(0), strings: [] };
  const numbers = new Float32Array((first.numbers.length / first.rows) * rows);
  const strings: string[] = new Array((first.strings.length / first.rows) * rows);
  let offset = 0;
  for (const batch of batches) {
    place(batch.numbers, batch.rows, numbers, rows, offset);
    place(batch.strings, batch.rows, strings, rows, offset);
    offset += batch.rows;
  }
  return { rows, numbers, strings };
}

/** The batch in parts of at most that many rows, in order. */
export function* partsOf(batch: InputBatch, maxRows: number): Generator<InputBatch> {
  if (batch.rows <= maxRows) return yield batch;
  const columns = (cells: number) => Array.from({ length: cells / batch.rows }, (_, column) => column * batch.rows);
  const [numeric, texts] = [columns(batch.numbers.length), columns(batch.strings.length)];
  for (let start = 0; start < batch.rows; start += maxRows) {
    const rows = Math.min(maxRows, batch.rows - start);
    const numbers = new Float32Array(numeric.length * rows);
    numeric.forEach((at, c) => numbers.set(batch.numbers.subarray(at + start, at + start + rows), c * rows));
    const strings = texts.flatMap((at) => batch.strings.slice(at + start, at + start + rows));
    yield { rows, numbers, strings };
  }
}

interface Cells<T> {
  readonly length: number;
  [at: number]: T;
}

function place<T>(from: Cells<T>, rows: number, to: Cells<T>, allRows: number, offset: number): void {
  for (let start = 0, target = offset; start < from.length; start += rows, target += allRows) {
    for (let r = 0; r < rows; r += 1) to[target + r] = from[start + r] as T;
  }
}
