import type { ColumnType } from '@perennial/columns';
import type { DeclaredTensor, DeclaredTensors } from '@perennial/onnx-file';
import type { BatchColumns } from './input.batch';
import { ModelRuntimeError } from './model-runtime.errors';

export interface SignatureInput {
  readonly name: string;
  readonly type: ColumnType;
}

export interface ModelSignature {
  readonly inputs: readonly SignatureInput[];
}

const COLUMN_TYPES: readonly string[] = ['string', 'number', 'integer', 'boolean', 'date'] satisfies ColumnType[];

export const OUTPUT = 'probability';

function unloadable(rule: string, details: Record<string, unknown>): ModelRuntimeError {
  return new ModelRuntimeError('MODEL_UNLOADABLE', `Not a model artifact: ${rule}`, { rule, ...details });
}

/** metadata `perennial.decision_threshold`: a probability at or above it means the positive class. */
export function decisionThresholdOf(metadata: Record<string, string>): number {
  const text = metadata['perennial.decision_threshold'];
  const value = text === undefined || text.trim() === '' ? NaN : Number(text);
  if (value >= 0 && value <= 1) return value;
  throw unloadable('metadata perennial.decision_threshold must be a number from 0 to 1', { value: text ?? null });
}

/** metadata `perennial.signature`: JSON with inputs: [{name, columnType}]. */
export function signatureOf(metadata: Record<string, string>): ModelSignature {
  const rule = 'metadata perennial.signature must be JSON with inputs: [{name, columnType}]';
  const text = metadata['perennial.signature'];
  const inputs = parsedInputs(text);
  if (inputs === undefined || inputs.length === 0) throw unloadable(rule, { value: text ?? null });
  return {
    inputs: inputs.map((input) => {
      const { name, columnType } = (input ?? {}) as Record<string, unknown>;
      if (typeof name !== 'string' || typeof columnType !== 'string' || !COLUMN_TYPES.includes(columnType)) {
        throw unloadable(`${rule}, columnType one of ${COLUMN_TYPES.join(', ')}`, { value: input ?? null });
      }
      return { name, type: columnType as ColumnType };
    }),
  };
}

function parsedInputs(text: string | undefined): unknown[] | undefined {
  try {
    const inputs = (JSON.parse(text ?? '') as { inputs?: unknown }).inputs;
    return Array.isArray(inputs) ? inputs : undefined;
  } catch {
    return undefined;
  }
}

/** The columns of a batch, numeric and texts, in the order of the signature. */
export function batchColumns({ inputs }: ModelSignature): BatchColumns {
  const names = (strings: boolean) => inputs.filter(({ type }) => (type === 'string') === strings).map((i) => i.name);
  return { numericInputs: names(false), stringInputs: names(true) };
}

/** The graph must take exactly the signature's inputs, as strings or float32 of [batch, 1], and give `probability`. */
export function checkGraph({ inputs }: ModelSignature, graph: DeclaredTensors): void {
  const found = new Map(graph.inputs.map((input) => [input.name, input]));
  for (const { name, type } of inputs) {
    const expected = type === 'string' ? 'string' : 'float';
    const input = found.get(name);
    if (input?.type !== expected) {
      const rule = `input ${name} must be a ${type === 'string' ? 'string' : 'float32'} tensor`;
      throw unloadable(rule, { input: name, found: input?.type ?? null });
    }
    if (takesRows(input.shape)) continue;
    throw unloadable(`input ${name} must be of shape [batch, 1]`, { input: name, found: input.shape });
  }
  const known = new Set(inputs.map(({ name }) => name));
  const extra = graph.inputs.find(({ name }) => !known.has(name));
  if (extra !== undefined) throw unloadable(`input ${extra.name} is not in its signature`, { input: extra.name });
  if (graph.outputs.some(({ name }) => name === OUTPUT)) return;
  throw unloadable(`it must have an output named ${OUTPUT}`, { found: graph.outputs.map(({ name }) => name) });
}

/** Any number of rows of one value each. */
function takesRows(shape: DeclaredTensor['shape']): boolean {
  const [rows, values] = shape;
  return shape.length === 0 || (shape.length === 2 && rows === null && (values === 1 || values === null));
}
