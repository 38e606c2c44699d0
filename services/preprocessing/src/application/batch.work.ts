import { ParquetSource, ParquetStream, type ColumnSchema, type Table } from '@perennial/columns';
import type { Pipeline } from '@perennial/pipeline';
import {
  apply,
  type FittedPreprocessing,
  fitColumnwise,
  QualityTally,
  type QualityVerdict,
  rawColumns,
  RawStorages,
} from '@perennial/preprocessing-steps';

export interface EncodeTask {
  fitted: FittedPreprocessing;
  /** Row counts of the days before. */
  history: readonly number[];
  limits: Pipeline['quality'];
}

export interface EncodedBatch {
  rows: number;
  labelledRows: number;
  quality: QualityVerdict;
}

/** Throws PreprocessingError. One column at a time is in memory. */
export const fitBatch = (source: ParquetSource, pipeline: Pipeline): Promise<FittedPreprocessing> =>
  fitColumnwise(source, pipeline);

const schemaOf = (table: Table): ColumnSchema[] =>
  table.columns.map((column) =>
    column.type === 'string'
      ? { name: column.name, type: column.type }
      : { name: column.name, type: column.type, storage: column.storage },
  );

/**
 * Judges a raw file and writes the prepared one piece by piece. The file is read twice, one row group at a time: how
 * wide the raw columns must be is known only after the last row.
 */
export async function encodeBatch(
  source: ParquetSource,
  { fitted, history, limits }: EncodeTask,
  write: (bytes: Uint8Array) => void,
): Promise<EncodedBatch> {
  const tally = new QualityTally(fitted);
  const storages = new RawStorages(fitted);
  for await (const group of source.groups()) {
    tally.add(group);
    storages.add(group);
  }
  const output = new ParquetStream(schemaOf(apply(emptyOf(fitted), fitted, storages)));
  for await (const group of source.groups()) {
    output.append(apply(group, fitted, storages));
    write(output.take());
  }
  write(output.finish());
  return { rows: tally.rows, labelledRows: tally.labelled, quality: tally.verdict({ rows: history }, limits) };
}

/** No rows, with the columns that apply needs: what it makes of them tells the schema of every batch. */
function emptyOf(fitted: FittedPreprocessing): Table {
  const columns = rawColumns(fitted);
  const strings = [fitted.recordId, ...columns.flatMap(({ column, type }) => (type === 'string' ? [column] : []))];
  return {
    rows: 0,
    columns: [
      ...[...new Set(strings)].map((name) => ({ name, type: 'string' as const, values: [] })),
      ...columns.flatMap(({ column: name, type }) =>
        type === 'string' ? [] : [{ name, type, storage: 'float64' as const, values: new Float64Array(0) }],
      ),
    ],
  };
}
