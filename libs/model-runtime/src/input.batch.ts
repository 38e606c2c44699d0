/**
 * Validated rows as tensors take them, column after column in the order of the signature's numeric inputs and of
 * its string inputs: value of row r in numeric column c is numbers[c * rows + r]. Missing is NaN or "".
 */
export interface InputBatch {
  readonly rows: number;
  readonly numbers: Float32Array;
  readonly strings: readonly string[];
}

/** The batches' rows one below the other. All have the same columns. */
export function concatenate(batches: readonly InputBatch[]): InputBatch {
  if (batches.length === 1) return batches[0] as InputBatch;
  const rows = batches.reduce((sum, batch) => sum + batch.rows, 0);
  const filled = batches.filter((batch) => batch.rows > 0);
  const first = filled[0];
  if (first === undefined) return { rows: 0, numbers: new Float32Array(0), strings: [] };
  const numericColumns = first.numbers.length / first.rows;
  const numbers = new Float32Array(numericColumns * rows);
  const strings: string[] = new Array(((first.strings.length / first.rows) | 0) * rows);
  let offset = 0;
  for (const batch of filled) {
    place(batch, numbers, strings, rows, offset);
    offset += batch.rows;
  }
  return { rows, numbers, strings };
}

function place(batch: InputBatch, numbers: Float32Array, strings: string[], rows: number, offset: number): void {
  for (let start = 0, c = 0; start < batch.numbers.length; start += batch.rows, c += 1) {
    numbers.set(batch.numbers.subarray(start, start + batch.rows), c * rows + offset);
  }
  for (let i = 0; i < batch.strings.length; i += 1) {
    const column = Math.floor(i / batch.rows);
    strings[column * rows + offset + (i % batch.rows)] = batch.strings[i] as string;
  }
}
