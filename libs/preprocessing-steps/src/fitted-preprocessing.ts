import type { ColumnType } from '@perennial/columns';

/** dayOfWeek: 0 is Monday. daysSinceOrigin: days after the feature's origin. */
export type DatePart = 'year' | 'month' | 'dayOfMonth' | 'dayOfWeek' | 'daysSinceOrigin';

export type StepName = 'null-columns' | 'object-columns' | 'date-handling' | 'data-shrinkage' | 'encoding';

/** A column (or one feature of it, e.g. `approved_on.year`) left out of the model. */
export interface DroppedColumn {
  column: string;
  step: StepName;
  reason: string;
}

/** A column that processed_data holds as it came. */
export interface RawColumn {
  column: string;
  type: ColumnType;
  /** Width of `raw.<column>` in processed_data; widened for a day whose values do not fit it. */
  storage: 'string' | 'float64' | 'float32' | 'int64' | 'int32' | 'boolean' | 'date';
}

/** Code of vocabulary[i] is i + 1; 0 is unknown or missing. Cardinality is vocabulary.length + 1. */
export interface CategoricalFeature {
  column: string;
  feature: string;
  vocabulary: string[];
}

/**
 * Encoded value = clip((x - mean) / std) in float32 arithmetic, where x is the raw value (or the
 * date part of it) or, where that is missing, `impute`. clip bounds to ±FLOAT32_MAX.
 */
export interface NumericFeature {
  column: string;
  feature: string;
  impute: number;
  mean: number;
  std: number;
  part?: DatePart;
  /** Days since 1970-01-01; with part daysSinceOrigin only. */
  origin?: number;
}

/** What the reference day looked like, and what the pipeline declares, per declared column. */
export interface ColumnStatistics {
  type: ColumnType;
  rows: number;
  nulls: number;
  nullShare: number;
  /** Numeric types and dates (in days); null where every value is null or the column holds strings. */
  min: number | null;
  max: number | null;
  mean: number | null;
  std: number | null;
  /** Distinct non-null values. */
  distinct: number;
  /** Share of the non-null values that have no code: rarer than objectColumns.maxCategories. 0 where not encoded. */
  unknownShare: number;
  declaredMinimum?: number;
  declaredMaximum?: number;
  /** Declared closed list of a category, in canonical string form. */
  declaredValues?: string[];
}

/** JSON-serialisable; stored in processing_metadata. */
export interface FittedPreprocessing {
  version: 1;
  dataset: string;
  recordId: string;
  target: { column: string; positive: string | number | boolean };
  /** Raw model inputs in declaration order: each has at least one feature below. */
  inputs: RawColumn[];
  /** Columns that are no features; absent where there are none. */
  carried?: RawColumn[];
  dropped: DroppedColumn[];
  categorical: CategoricalFeature[];
  numeric: NumericFeature[];
  statistics: Record<string, ColumnStatistics>;
}
