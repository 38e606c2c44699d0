/**
 * Validated rows, column after column in the order of the signature's numeric inputs and of
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
