import * as op from '@perennial/onnx-graph';
import type { FittedPreprocessing } from '@perennial/preprocessing-steps';
import { civilDate } from './date-part.graph';
import { BATCH } from './scoring.graph';
import type { EncodedInputs } from './features';

export interface RawInput {
  readonly name: string;
  readonly type: 'string' | 'float32';
}

const FLOAT32_MAX = 3.4028234663852886e38;

/** What the artifact takes, one [batch, 1] tensor per raw column, in declaration order. */
export function rawInputs({ inputs, categorical }: FittedPreprocessing): RawInput[] {
  const strings = new Set(categorical.map(({ column }) => column));
  return inputs.map(({ column }) => ({ name: column, type: strings.has(column) ? 'string' : 'float32' }));
}

/** Declares the raw columns as graph inputs and encodes them exactly as preprocessing's `apply` does. */
export function encodeRawInputs(g: op.Graph, fitted: FittedPreprocessing): EncodedInputs {
  const columns = new Map(rawInputs(fitted).map(({ name, type }) => [name, g.input(name, type, [BATCH, 1])]));
  const column = (name: string): op.Value => {
    const value = columns.get(name);
    if (!value) throw new Error(`fitted preprocessing uses the column ${name} but does not list it as an input`);
    return value;
  };
  const codes = fitted.categorical.map(({ column: name, vocabulary }) => {
    // The operator needs at least one key; "" (missing) is code 0 in any case.
    const keys = vocabulary.length > 0 ? vocabulary : [''];
    return op.labelEncoder(g, column(name), keys, vocabulary.length > 0 ? vocabulary.map((_, i) => i + 1) : [0], 0);
  });
  return {
    categorical: codes.length > 0 ? op.concat(g, codes, 1) : undefined,
    numeric: fitted.numeric.length > 0 ? scale(g, fitted, numericFeatures(g, fitted, column)) : undefined,
  };
}

/** Raw numeric features [batch, n], NaN where missing: columns as they are, dates taken apart. */
function numericFeatures(g: op.Graph, fitted: FittedPreprocessing, column: (name: string) => op.Value): op.Value {
  const dates = new Map<string, (part: string) => op.Value>();
  const partOf = (name: string) => {
    const known = dates.get(name) ?? dateParts(g, column(name));
    dates.set(name, known);
    return known;
  };
  const features = fitted.numeric.map(({ column: name, part, origin = 0 }) => {
    if (part === undefined) return column(name);
    if (part !== 'daysSinceOrigin') return partOf(name)(part);
    return op.sub(g, column(name), op.scalar(g, origin, column(name)));
  });
  return op.concat(g, features, 1);
}

/** Parts of a date column as float32, NaN where the date is missing. */
function dateParts(g: op.Graph, days: op.Value): (part: string) => op.Value {
  const missing = op.isNaN(g, days);
  const whole = op.floor(g, op.where(g, missing, op.scalar(g, 0, days), days));
  const parts = civilDate(g, op.cast(g, whole, 'int64'));
  const nan = op.scalar(g, NaN, days);
  return (part) => op.where(g, missing, nan, op.cast(g, parts[part as keyof typeof parts], 'float32'));
}

/** clip((x or impute − mean) / std), float32. */
function scale(g: op.Graph, { numeric }: FittedPreprocessing, x: op.Value): op.Value {
  const row = (values: number[]) => g.constant(op.float32(values, [1, values.length]), 'scaling');
  const present = op.where(g, op.isNaN(g, x), row(numeric.map(({ impute }) => impute)), x);
  const centred = op.sub(g, present, row(numeric.map(({ mean }) => mean)));
  return op.clip(g, op.div(g, centred, row(numeric.map(({ std }) => std))), -FLOAT32_MAX, FLOAT32_MAX);
}
