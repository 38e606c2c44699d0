import { ServiceError } from '@perennial/service';
import type { InputColumn, Row } from '../../domain/prediction.request';
import type { InferRequest, InferTensor } from './infer.messages';
import { readTensor, type TensorValue } from './tensor.values';

/**
 * Rows of a ModelInfer request: each input a tensor of shape [rows] or [rows, 1]. NaN means null. Throws INVALID_INPUT
 * naming input, value and rule; whether the values suit the columns is for the model to say.
 */
export function inferRows({ inputs, raw_input_contents: raw }: InferRequest, columns: readonly InputColumn[]): Row[] {
  if (inputs.length === 0)
    throw invalid('inputs', [], `must be the tensors ${columns.map(({ name }) => name).join(', ')}`);
  if (raw.length > 0 && raw.length !== inputs.length) {
    throw invalid('raw_input_contents', raw.length, `must have one entry for each of the ${inputs.length} inputs`);
  }
  const count = rowsOf(inputs[0] as InferTensor);
  const rows: Row[] = Array.from({ length: count }, () => ({}));
  const types = new Map(columns.map(({ name, type }) => [name, type]));
  inputs.forEach((tensor, index) => {
    const type = types.get(tensor.name);
    if (!type) throw invalid(tensor.name, tensor.name, `must be one of ${[...types.keys()].join(', ')}`);
    if (rowsOf(tensor) !== count)
      throw invalid(tensor.name, tensor.shape, `must have ${count} rows as the first input`);
    if (raw.length > 0 && hasContents(tensor)) {
      throw invalid(tensor.name, 'both', 'typed and raw contents exclude each other over the whole message');
    }
    const read = readTensor(tensor, raw[index]);
    if ('rule' in read) throw invalid(tensor.name, tensor.datatype, read.rule);
    if (read.values.length !== count) {
      throw invalid(tensor.name, read.values.length, `must have as many values as its shape says, ${count}`);
    }
    read.values.forEach((value, row) => ((rows[row] as Row)[tensor.name] = cell(value, type)));
  });
  return rows;
}

function cell(value: TensorValue, type: InputColumn['type']): unknown {
  if (Number.isNaN(value)) return null;
  // A client without a BOOL tensor sends 0 and 1.
  if (type === 'boolean' && (value === 0 || value === 1)) return value === 1;
  return value;
}

function rowsOf({ name, shape }: InferTensor): number {
  const [rows, width = 1] = shape;
  if (rows !== undefined && rows > 0 && width === 1 && shape.length <= 2) return rows;
  throw invalid(name, shape, 'shape must be [rows] or [rows, 1]');
}

const hasContents = ({ contents }: InferTensor): boolean =>
  Object.values(contents ?? {}).some((values: unknown) => Array.isArray(values) && values.length > 0);

const invalid = (input: string, value: unknown, rule: string): ServiceError =>
  new ServiceError('INVALID_INPUT', 400, `${input} ${rule}; got ${JSON.stringify(value)}`, { input, value, rule });
