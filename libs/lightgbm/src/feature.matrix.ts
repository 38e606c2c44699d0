import type { ModelFeatures } from '@perennial/tabular-models';
import type { EncodedRows } from '@perennial/training';

/** Row after row; the categorical features come first, as their codes. Codes stay exact up to 2^24. */
export interface FeatureMatrix {
  readonly data: Float32Array;
  readonly rows: number;
  readonly columns: number;
}

export function featureMatrix({ rows, categorical, numeric }: EncodedRows, features: ModelFeatures): FeatureMatrix {
  const codes = features.categorical.length;
  const columns = codes + features.numeric.length;
  const data = new Float32Array(rows * columns);
  for (let row = 0; row < rows; row++) {
    data.set(categorical.subarray(row * codes, (row + 1) * codes), row * columns);
    data.set(numeric.subarray(row * (columns - codes), (row + 1) * (columns - codes)), row * columns + codes);
  }
  return { data, rows, columns };
}
