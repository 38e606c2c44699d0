import { columnOf, readParquet, type Table, writeParquet } from '@perennial/columns';
import type { Pipeline } from '@perennial/pipeline';
import { apply, checkQuality } from '@perennial/preprocessing-steps';
import type { BatchPrepared, ClosedBatch } from '../domain/batch';
import { completenessFindings } from '../domain/completeness';
import type { FileStore, Metadata } from './ports';

const PROCESSED_BUCKET = 'processed_data';
const PARQUET = 'application/vnd.apache.parquet';

const presentIn = (table: Table, column: string): number =>
  (columnOf(table, column).values as Float64Array).reduce((sum, value) => sum + (Number.isNaN(value) ? 0 : 1), 0);

/** From a closed batch's file to its prepared file. */
export class BatchEncoder {
  constructor(private readonly files: FileStore) {}

  async read(batch: ClosedBatch): Promise<Table> {
    return readParquet(await this.files.get(batch.raw));
  }

  /** rows: row counts of the days before. */
  async encode(
    batch: ClosedBatch,
    raw: Table,
    { id, fitted }: Metadata,
    rows: readonly number[],
    limits: Pipeline['quality'],
  ): Promise<BatchPrepared> {
    const { verdict, findings } = checkQuality(raw, fitted, { rows }, limits);
    const quality = { verdict, findings: [...completenessFindings(batch), ...findings] };
    const encoded = apply(raw, fitted);
    const processed = await this.files.put(PROCESSED_BUCKET, writeParquet(encoded), {
      mediaType: PARQUET,
      rows: encoded.rows,
      name: `${batch.batchId}.parquet`,
    });
    const { batchId, dataset, day, correctionOf } = batch;
    return {
      batchId,
      dataset,
      day,
      correctionOf,
      metadataId: id,
      processed,
      rows: encoded.rows,
      labelledRows: presentIn(encoded, 'label'),
      quality,
      sources: { raw: batch.raw },
    };
  }
}
