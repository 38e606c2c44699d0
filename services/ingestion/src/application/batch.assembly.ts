import { readParquet, stringColumnOf, columnOf, TableBuilder, writeParquet, type Table } from '@perennial/columns';
import type { FileReference } from '@perennial/contracts';
import type { Transaction } from '@perennial/messaging';
import { tableSchema, type Dataset } from '@perennial/pipeline';
import { type Batch, batchId, type Day, type RowCounts } from '../domain/day';
import { Deduplication } from '../domain/deduplication';
import { rowsOf } from '../domain/row.chunk';
import type { DatasetCatalogue } from './dataset.catalogue';
import type { BatchKey, FileStore, QuarantineStore, RowStore } from './ports';

export interface Assembled {
  counts: RowCounts;
  distinct: number;
  /** Writes the batch's file; same rows, same bytes, same reference. */
  file(): Promise<FileReference>;
}

const RAW_BUCKET = 'raw_data';
const PARQUET = 'application/vnd.apache.parquet';

const keyOf = (day: Day, batch: Batch): BatchKey => ({ dataset: day.dataset, day: day.day, batch: batch.number });

function textsOf(table: Table, column: string): Iterable<string> {
  const found = columnOf(table, column);
  return found.type === 'string'
    ? stringColumnOf(table, column).values.map(String)
    : Array.from(found.values, (value) => String(value));
}

/** Puts a batch's chunks together, in order of arrival and without duplicates. */
export class BatchAssembly {
  constructor(
    private readonly catalogue: DatasetCatalogue,
    private readonly rows: RowStore,
    private readonly quarantine: QuarantineStore,
    private readonly files: FileStore,
  ) {}

  /** Distinct records of the batch: accepted or quarantined. */
  async countDistinct(day: Day, batch: Batch, signal: AbortSignal): Promise<number> {
    const deduplication = new Deduplication();
    await this.offerAll(day, batch, deduplication, signal, () => undefined);
    return deduplication.distinct();
  }

  async assemble(day: Day, batch: Batch, signal: AbortSignal): Promise<Assembled> {
    const dataset = this.datasetOf(day);
    const deduplication = new Deduplication(await this.knownIds(day, batch, dataset));
    const builder = new TableBuilder(tableSchema(dataset));
    await this.offerAll(day, batch, deduplication, signal, (row) => builder.append(row));
    const table = builder.build();
    const file = () =>
      this.files.put(RAW_BUCKET, writeParquet(table), {
        mediaType: PARQUET,
        rows: table.rows,
        name: `${batchId(day, batch.number)}.parquet`,
      });
    return { counts: deduplication.counts(), distinct: deduplication.distinct(), file };
  }

  /** Once the file is stored, the chunks are only a copy. */
  async release(day: Day, batch: Batch, transaction: Transaction): Promise<void> {
    await this.rows.remove(keyOf(day, batch), transaction);
  }

  private datasetOf(day: Day): Dataset {
    const found = this.catalogue.get(day.dataset);
    if (!found) throw new RangeError(`no pipeline declares dataset ${day.dataset}`);
    return found.dataset;
  }

  private async offerAll(
    day: Day,
    batch: Batch,
    deduplication: Deduplication,
    signal: AbortSignal,
    keep: (row: ReturnType<typeof rowsOf>[number]) => void,
  ): Promise<void> {
    const dataset = this.datasetOf(day);
    const columns = dataset.columns.map(({ name }) => name);
    const idIndex = columns.indexOf(dataset.recordId);
    for await (const chunk of this.rows.read(keyOf(day, batch))) {
      signal.throwIfAborted();
      for (const row of rowsOf(chunk, columns)) if (deduplication.offerRow(String(row[idIndex]))) keep(row);
    }
    for await (const identity of this.quarantine.identities(keyOf(day, batch)))
      deduplication.offerQuarantined(identity);
  }

  /** Record ids of the batches before this one, from their files. */
  private async knownIds(day: Day, batch: Batch, dataset: Dataset): Promise<Set<string>> {
    const known = new Set<string>();
    for (const { outcome, number } of day.batches) {
      const raw = outcome?.raw as FileReference | null | undefined;
      if (number >= batch.number || !raw) continue;
      const table = await readParquet(await this.files.get(raw), { columns: [dataset.recordId] });
      for (const id of textsOf(table, dataset.recordId)) known.add(id);
    }
    return known;
  }
}
