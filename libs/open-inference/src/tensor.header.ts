import { type Datatype, DATATYPE_NAMES, isDatatype } from './datatype';
import type { InferLimits } from './infer.call';
import { invalid, OpenInferenceError } from './open-inference.error';

export interface TensorHeader {
  readonly name: string;
  readonly datatype: Datatype;
  readonly shape: readonly number[];
  readonly rows: number;
}

/** Name, datatype and shape of an input: [rows] or [rows, 1]. Throws INVALID_INPUT and TOO_MANY_ROWS. */
export function readHeader(
  given: { name: unknown; datatype: unknown; shape: unknown },
  position: number,
  { maxRows }: InferLimits,
): TensorHeader {
  const { name, datatype, shape } = given;
  if (typeof name !== 'string' || name === '') throw invalid(`inputs[${position}].name`, name, 'must be a text');
  if (!isDatatype(datatype)) {
    throw invalid(name, datatype, `must have a datatype, one of ${DATATYPE_NAMES.join(', ')}`);
  }
  if (!Array.isArray(shape) || !shape.every(isSize)) {
    throw invalid(name, shape, 'must have a shape, a list of whole numbers');
  }
  const rows: number = shape[0] ?? 0;
  const width: number = shape[1] ?? 1;
  if (rows < 1 || width !== 1 || shape.length > 2) throw invalid(name, shape, 'must be of shape [rows] or [rows, 1]');
  if (rows > maxRows) {
    throw new OpenInferenceError('TOO_MANY_ROWS', {
      input: name,
      value: rows,
      rule: `must have at most ${maxRows} rows`,
    });
  }
  return { name, datatype, shape: shape as number[], rows };
}

const isSize = (size: unknown): boolean => Number.isSafeInteger(size) && (size as number) >= 0;

/** A request without inputs has nothing to answer; one input given twice has two answers. */
export function checkInputs(inputs: readonly { readonly name: string }[]): void {
  if (inputs.length === 0) throw invalid('inputs', [], 'must hold at least one tensor');
  const seen = new Set<string>();
  for (const { name } of inputs) {
    if (seen.has(name)) throw invalid(name, name, 'must be given once');
    seen.add(name);
  }
}
