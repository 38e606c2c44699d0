import { ParquetSource, type Column } from '@perennial/columns';
import type { FileReference } from '@perennial/contracts';
import type { Transaction } from '@perennial/messaging';
import { type Batch, batchId, type Day, type RowCounts } from '../domain/day';
import { Deduplication } from '../domain/deduplication';
import { IdentitySet } from '../domain/identity.set';
import { unpackTexts } from '../domain/text.block';
import type { CataloguedDataset, DatasetCatalogue } from './dataset.catalogue';
import { encodingHere } from './day.encoder';
import type { BatchKey, DayEncoding, FileStore, KeptChunk, QuarantineStore, RowStore } from './ports';

export interface Assembled {
  counts: RowCounts;
  distinct: number;
  /** Writes the batch's file; same rows, same bytes, same reference. */
  file(): Promise<FileReference>;
}

export interface AssemblyOptions {
  encoding: DayEncoding;
  /** See IdentitySet. */
  seed: number;
}

const RAW_BUCKET = 'raw_data';
const PARQUET = 'application/vnd.apache.parquet';

const keyOf = (day: Day, batch: Batch): BatchKey => ({ dataset: day.dataset, day: day.day, batch: batch.number });

/** Puts a batch's chunks together, in order of arrival and without duplicates; in memory are the ids alone. */
export class BatchAssembly {
  constructor(
    private readonly catalogue: DatasetCatalogue,
    private readonly rows: RowStore,
    private readonly quarantine: QuarantineStore,
    private readonly files: FileStore,
    private readonly options: AssemblyOptions = { encoding: encodingHere, seed: 0 },
  ) {}

  /** Distinct records of the batch: accepted or quarantined. */
  async countDistinct(day: Day, batch: Batch, signal: AbortSignal): Promise<number> {
    const deduplication = new Deduplication(new IdentitySet(), this.options.seed);
    await this.offerAll(day, batch, deduplication, signal);
    return deduplication.distinct();
  }

  async assemble(day: Day, batch: Batch, signal: AbortSignal): Promise<Assembled> {
    const dataset = this.datasetOf(day);
    const deduplication = new Deduplication(await this.knownIds(day, batch, dataset), this.options.seed);
    const kept = await this.offerAll(day, batch, deduplication, signal);
    const counts = deduplication.counts();
    const file = async () =>
      this.files.put(
        RAW_BUCKET,
        await this.options.encoding.encode(dataset, this.keptChunks(day, batch, kept, signal), counts.accepted),
        { mediaType: PARQUET, rows: counts.accepted, name: `${batchId(day, batch.number)}.parquet` },
      );
    return { counts, distinct: deduplication.distinct(), file };
  }

  /** Once the file is stored, the chunks are only a copy. */
  async release(day: Day, batch: Batch, transaction: Transaction): Promise<void> {
    await this.rows.remove(keyOf(day, batch), transaction);
  }

  private datasetOf(day: Day): CataloguedDataset {
    const found = this.catalogue.get(day.dataset);
    if (!found) throw new RangeError(`no pipeline declares dataset ${day.dataset}`);
    return found;
  }

  /** Which rows of each chunk are kept, in the order of the chunks. */
  private async offerAll(
    day: Day,
    batch: Batch,
    deduplication: Deduplication,
    signal: AbortSignal,
  ): Promise<KeptChunk['kept'][]> {
    const kept: KeptChunk['kept'][] = [];
    for await (const ids of this.rows.readIds(keyOf(day, batch), this.datasetOf(day))) {
      signal.throwIfAborted();
      kept.push(deduplication.offerRows(unpackTexts(ids)));
    }
    for await (const identity of this.quarantine.identities(keyOf(day, batch)))
      deduplication.offerQuarantined(identity);
    return kept;
  }

  /** The batch takes no more rows, so both passes read the same chunks. */
  private async *keptChunks(
    day: Day,
    batch: Batch,
    kept: readonly KeptChunk['kept'][],
    signal: AbortSignal,
  ): AsyncGenerator<KeptChunk> {
    let index = 0;
    for await (const chunk of this.rows.read(keyOf(day, batch), this.datasetOf(day))) {
      signal.throwIfAborted();
      yield { chunk, kept: kept[index++] ?? null };
    }
    if (index !== kept.length) throw new RangeError(`batch ${batch.number} of ${day.day} changed while it was read`);
  }

  /** Record ids of the batches before this one, from their files. */
  private async knownIds(day: Day, batch: Batch, { recordId }: CataloguedDataset): Promise<IdentitySet> {
    const known = new IdentitySet(this.options.seed);
    for (const { outcome, number } of day.batches) {
      const raw = outcome?.raw as FileReference | null | undefined;
      if (number >= batch.number || !raw) continue;
      const source = await ParquetSource.open(await this.files.get(raw));
      for await (const { columns } of source.groups({ columns: [recordId] })) {
        for (const id of (columns[0] as Column).values) known.add(Buffer.from(String(id), 'utf8'));
      }
    }
    return known;
  }
}
