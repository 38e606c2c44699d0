import type { StringColumn } from '@perennial/columns';
import type { Pipeline } from '@perennial/pipeline';
import { meanOf, medianOf, sortedValues, standardDeviationOf } from './column.statistics';
import { datePartOf } from './date-handling.step';
import type { CategoricalFeature, NumericFeature } from './fitted-preprocessing';

/** Largest finite float32. */
export const FLOAT32_MAX = (2 - 2 ** -23) * 2 ** 127;

const clipped = (value: number) => Math.min(Math.max(value, -FLOAT32_MAX), FLOAT32_MAX);

type Encoding = Pipeline['preprocessing']['encoding'];

function imputeValue(sorted: Float64Array, impute: Encoding['impute']): number {
  if (impute === 'zero') return 0;
  return clipped(impute === 'median' ? medianOf(sorted) : meanOf(sorted));
}

/** A deviation that float32 cannot divide by counts as 1, as scikit-learn does for a constant. */
function divisor(deviation: number): number {
  return Math.fround(deviation) > 0 ? Math.min(deviation, FLOAT32_MAX) : 1;
}

/** Imputation value, and mean and population deviation after imputation. At least one value is not NaN. */
export function fitScaling(values: Float64Array, encoding: Encoding): Pick<NumericFeature, 'impute' | 'mean' | 'std'> {
  const impute = imputeValue(sortedValues(values), encoding.impute);
  if (encoding.numeric === 'none') return { impute, mean: 0, std: 1 };
  const imputed = values.map((value) => (Number.isNaN(value) ? impute : value)).sort();
  const mean = meanOf(imputed);
  return { impute, mean: clipped(mean), std: divisor(standardDeviationOf(imputed, mean)) };
}

/** What the feature takes from the column: its values, or a part of its dates. */
export function featureValues(values: Float64Array, feature: Pick<NumericFeature, 'part' | 'origin'>): Float64Array {
  const { part, origin } = feature;
  return part === undefined ? values : values.map((days) => datePartOf(days, part, origin));
}

/** Standard scores in the float32 arithmetic of the model artifact; always finite. */
export function encodeNumeric(values: Float64Array, feature: NumericFeature): Float64Array {
  const mean = Math.fround(feature.mean);
  const std = Math.fround(feature.std);
  return featureValues(values, feature).map((value) => {
    const present = Math.fround(Number.isNaN(value) ? feature.impute : value);
    return clipped(Math.fround(Math.fround(present - mean) / std));
  });
}

/** Codes: position in the vocabulary plus 1; 0 for what is missing or unknown. */
export function encodeCategorical(values: StringColumn['values'], feature: CategoricalFeature): Float64Array {
  const codes = new Map(feature.vocabulary.map((value, index) => [value, index + 1]));
  return Float64Array.from(values, (value) => (value === null ? 0 : (codes.get(value) ?? 0)));
}
