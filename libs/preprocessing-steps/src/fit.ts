import { columnOf, type Column, type NumericColumn, type StringColumn, type Table } from '@perennial/columns';
import {
  canonicalText,
  carriedColumns,
  dayNumber,
  featureColumns,
  type ColumnDeclaration,
  type Pipeline,
} from '@perennial/pipeline';
import { statisticsOf } from './column.statistics';
import { dropConstant, narrowestStorage } from './data-shrinkage.step';
import { dateFeatures } from './date-handling.step';
import { featureValues, fitScaling } from './encoding.step';
import type {
  CategoricalFeature,
  ColumnStatistics,
  DroppedColumn,
  FittedPreprocessing,
  NumericFeature,
  RawColumn,
} from './fitted-preprocessing';
import { dropNullColumn } from './null-columns.step';
import { unknownShareOf, vocabularyOf } from './object-columns.step';
import { PreprocessingError } from './preprocessing.errors';
import { featureKindOf } from './type-detection.step';

interface FittedColumn {
  dropped: DroppedColumn[];
  categorical: CategoricalFeature[];
  numeric: NumericFeature[];
  unknownShare: number;
}

const nothing: FittedColumn = { dropped: [], categorical: [], numeric: [], unknownShare: 0 };

function fitCategorical(
  column: StringColumn,
  declared: ColumnDeclaration,
  statistics: ColumnStatistics,
  pipeline: Pipeline,
) {
  const { objectColumns, shrinkage } = pipeline.preprocessing;
  const distinct = statistics.distinct + (statistics.nulls > 0 ? 1 : 0);
  const dropped = dropConstant(column.name, distinct, shrinkage.dropConstant);
  if (dropped) return { ...nothing, dropped: [dropped] };
  const vocabulary = vocabularyOf(column, declared.values, objectColumns.maxCategories);
  const categorical = [{ column: column.name, feature: column.name, vocabulary }];
  return { ...nothing, categorical, unknownShare: unknownShareOf(column, vocabulary) };
}

function fitNumeric(column: NumericColumn, pipeline: Pipeline): FittedColumn {
  const { dates, shrinkage, encoding } = pipeline.preprocessing;
  const isDate = featureKindOf(column.type) === 'date';
  const features: Pick<NumericFeature, 'feature' | 'part' | 'origin'>[] = isDate
    ? dateFeatures(column.name, dates)
    : [{ feature: column.name }];
  const fitted: FittedColumn = { ...nothing, dropped: [], numeric: [] };
  for (const feature of features) {
    const values = featureValues(column.values, feature);
    const { distinct } = statisticsOf({ ...column, values });
    const dropped = dropConstant(feature.feature, distinct, shrinkage.dropConstant);
    if (dropped) fitted.dropped.push(dropped);
    else fitted.numeric.push({ column: column.name, ...feature, ...fitScaling(values, encoding) });
  }
  return fitted;
}

function fitColumn(column: Column, declared: ColumnDeclaration, statistics: ColumnStatistics, pipeline: Pipeline) {
  const dropped = dropNullColumn(column.name, statistics, pipeline.preprocessing.nullColumns.dropAbove);
  if (dropped) return { ...nothing, dropped: [dropped] };
  if (column.type === 'string') return fitCategorical(column, declared, statistics, pipeline);
  return fitNumeric(column, pipeline);
}

/** A declared bound as a column holds it: a day as days since 1970-01-01. */
function bound(value: string | number | undefined): number | undefined {
  return typeof value === 'string' ? (dayNumber(value) ?? undefined) : value;
}

function withDeclared(statistics: ColumnStatistics, { minimum, maximum, values }: ColumnDeclaration): ColumnStatistics {
  return {
    ...statistics,
    ...(minimum === undefined ? {} : { declaredMinimum: bound(minimum) }),
    ...(maximum === undefined ? {} : { declaredMaximum: bound(maximum) }),
    ...(values === undefined ? {} : { declaredValues: values.map(canonicalText) }),
  };
}

function requireFeatures(fitted: FittedPreprocessing): FittedPreprocessing {
  const features = [...fitted.categorical, ...fitted.numeric].map(({ feature }) => feature);
  const { dropped } = fitted;
  if (features.length === 0)
    throw new PreprocessingError('NO_FEATURES', 'preprocessing drops every column', { dropped });
  const twice = features.find((feature, index) => features.indexOf(feature) < index);
  if (twice === undefined) return fitted;
  throw new PreprocessingError('FEATURE_DUPLICATE', `two columns give the feature ${twice}`, { feature: twice });
}

const rawColumnOf = (column: Column): RawColumn => ({
  column: column.name,
  type: column.type,
  storage: narrowestStorage(column),
});

/** Asks for one column after the other, so that one at a time need be in memory. */
function* fitting(rows: number, pipeline: Pipeline): Generator<string, FittedPreprocessing, Column> {
  if (rows === 0) throw new PreprocessingError('REFERENCE_EMPTY', 'the reference day has no rows');
  const { dataset } = pipeline;
  const { recordId, target } = dataset;
  const fitted: FittedPreprocessing = {
    version: 1,
    dataset: dataset.name,
    recordId,
    target: { ...target },
    inputs: [],
    dropped: [],
    categorical: [],
    numeric: [],
    statistics: {},
  };
  for (const declared of featureColumns(dataset)) {
    const column = yield declared.name;
    const statistics = statisticsOf(column);
    const { dropped, categorical, numeric, unknownShare } = fitColumn(column, declared, statistics, pipeline);
    fitted.dropped.push(...dropped);
    fitted.categorical.push(...categorical);
    fitted.numeric.push(...numeric);
    fitted.statistics[declared.name] = withDeclared({ ...statistics, unknownShare }, declared);
    if (categorical.length + numeric.length > 0) {
      fitted.inputs.push(rawColumnOf(column));
    }
  }
  for (const { name } of carriedColumns(dataset)) (fitted.carried ??= []).push(rawColumnOf(yield name));
  return requireFeatures(fitted);
}

/** Fits the preprocessing on the reference day; the result does not depend on the order of its rows. */
export function fit(table: Table, pipeline: Pipeline): FittedPreprocessing {
  const steps = fitting(table.rows, pipeline);
  let step = steps.next();
  while (!step.done) step = steps.next(columnOf(table, step.value));
  return step.value;
}

/** As fit, of a day whose columns are read one by one. */
export async function fitColumnwise(
  source: { rows: number; column(name: string): Promise<Column> },
  pipeline: Pipeline,
): Promise<FittedPreprocessing> {
  const steps = fitting(source.rows, pipeline);
  let step = steps.next();
  while (!step.done) step = steps.next(await source.column(step.value));
  return step.value;
}
