import { ServiceError } from '@perennial/service';
import { parse } from 'yaml';
import { z } from 'zod';

/** A column as the model's signature names it. */
export interface SignatureColumn {
  name: string;
  type: 'string' | 'number' | 'integer' | 'boolean' | 'date';
  nullable: boolean;
}

export interface MlmodelFile {
  /** Path of the ONNX file in the model's directory. */
  data: string;
  /** Null where the signature names no columns. */
  columns: SignatureColumn[] | null;
}

const mlmodel = z.object({
  flavors: z.record(z.string(), z.unknown()),
  signature: z.object({ inputs: z.string().nullish() }).nullish(),
});
const onnxFlavor = z.object({ data: z.string().min(1) });
const columnInput = z.object({ name: z.string().optional(), type: z.string(), required: z.boolean().default(true) });
const tensorInput = z.object({
  name: z.string().optional(),
  type: z.literal('tensor'),
  'tensor-spec': z.object({ dtype: z.string(), shape: z.array(z.number()) }),
});
const inputs = z.array(z.union([tensorInput, columnInput]));

const TYPES: Readonly<Record<string, SignatureColumn['type']>> = {
  ...{ string: 'string', str: 'string', object: 'string', boolean: 'boolean', bool: 'boolean', datetime: 'date' },
  ...{ float: 'number', double: 'number', float16: 'number', float32: 'number', float64: 'number' },
  ...{ integer: 'integer', long: 'integer', int8: 'integer', int16: 'integer', int32: 'integer', int64: 'integer' },
  ...{ uint8: 'integer', uint16: 'integer', uint32: 'integer' },
};

/** What an `MLmodel` file says of its ONNX flavour. Throws UNSUITABLE_MODEL. */
export function readMlmodel(text: string): MlmodelFile {
  const file = mlmodel.safeParse(parsed(text));
  if (!file.success) throw unsuitable('MLmodel', 'must be YAML with the flavours of the model');
  const { flavors, signature } = file.data;
  const flavor = onnxFlavor.safeParse(flavors.onnx);
  if (flavor.success) return { data: flavor.data.data, columns: columnsOf(signature?.inputs ?? null) };
  const names = Object.keys(flavors).join(', ') || 'none';
  const rule = 'must have the flavour onnx with its data file: convert the model and log it by mlflow.onnx.log_model';
  throw unsuitable('flavors', `${rule}; it has ${names}`, names);
}

function columnsOf(text: string | null): SignatureColumn[] | null {
  if (text === null) return null;
  const found = inputs.safeParse(parsed(text));
  if (!found.success) throw unsuitable('signature.inputs', 'must be columns or tensors with names and types');
  const columns = found.data.map(columnOf);
  return columns.every((column) => column !== null) ? columns : null;
}

/** Null for what is no single column: a matrix, or a value without a name. */
function columnOf(input: z.output<typeof inputs>[number]): SignatureColumn | null {
  const { name } = input;
  if (name === undefined) return null;
  const isTensor = 'tensor-spec' in input;
  if (isTensor && input['tensor-spec'].shape.slice(1).some((size) => size !== 1)) return null;
  const given = isTensor ? input['tensor-spec'].dtype : input.type;
  const type = TYPES[given];
  if (type === undefined)
    throw unsuitable(`signature.inputs ${name}`, `must be one of ${Object.keys(TYPES).join(', ')}`, given);
  return { name, type, nullable: !isTensor && !input.required };
}

function parsed(text: string): unknown {
  try {
    return parse(text, { maxAliasCount: 0 });
  } catch {
    return undefined;
  }
}

function unsuitable(field: string, rule: string, value: unknown = null): ServiceError {
  return new ServiceError(
    'UNSUITABLE_MODEL',
    422,
    `${field} ${rule}`,
    { problems: [{ field, value, rule }] },
    {
      retryable: false,
    },
  );
}
