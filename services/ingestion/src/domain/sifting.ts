import type { RecordProblem, RecordValidator } from '@perennial/pipeline';
import type { PartitionSlice } from '@perennial/messaging';
import { dayId } from './day';
import { identityOf } from './record.identity';
import { type Entry, groupByDay, readSlice, type Refused } from './record.slice';
import { type AcceptedRow, type RowChunk, type RowSchema, chunkRows } from './row.chunk';

export interface QuarantinedRecord {
  offset: number;
  /** Position within the message. */
  index: number;
  identity: string;
  problems: RecordProblem[];
  record: unknown;
}

/** A slice's entries of one day, judged record by record. */
export interface Sifted {
  firstOffset: number;
  lastOffset: number;
  rows: AcceptedRow[];
  quarantined: QuarantinedRecord[];
  /** The last one of the slice. */
  manifest: { rows: number } | null;
}

/** Leaves out what lies at or below the watermark; null when nothing is left. */
export function sift(
  entries: readonly Entry[],
  watermark: number,
  validate: RecordValidator,
  recordIdColumn: string,
): Sifted | null {
  const fresh = entries.filter(({ offset }) => offset > watermark);
  const first = fresh[0];
  const last = fresh.at(-1);
  if (!first || !last) return null;
  const sifted: Sifted = {
    firstOffset: first.offset,
    lastOffset: last.offset,
    rows: [],
    quarantined: [],
    manifest: null,
  };
  for (const { offset, content } of fresh) {
    if ('manifest' in content) sifted.manifest = { rows: content.manifest };
    else content.records.forEach((record, index) => judge(record, offset, index, sifted, validate, recordIdColumn));
  }
  return sifted;
}

function judge(
  record: unknown,
  offset: number,
  index: number,
  sifted: Sifted,
  validate: RecordValidator,
  recordIdColumn: string,
): void {
  const result = validate(record);
  if (result.ok) {
    sifted.rows.push({ offset, row: result.ok });
    return;
  }
  const identity = result.recordId ?? identityOf(record, recordIdColumn);
  sifted.quarantined.push({ offset, index, identity, problems: result.problems, record });
}

/** What sifting needs to know of a dataset. */
export interface SiftedDataset extends RowSchema {
  validate: RecordValidator;
}

export interface SiftedDatasets {
  has(dataset: string): boolean;
  get(dataset: string): SiftedDataset | undefined;
}

/** A slice's share of one day, its rows ready to be stored. */
export interface SiftedShare extends Omit<Sifted, 'rows'> {
  dataset: string;
  day: string;
  rows: number;
  chunks: RowChunk[];
}

export interface SiftedSlice {
  shares: SiftedShare[];
  refused: Refused[];
}

/**
 * Judges every record of a slice. watermarks: highest offset of the slice's stream that a day has taken, by day id;
 * what lies at or below it is left out.
 */
export function siftSlice(
  { records }: Pick<PartitionSlice, 'records'>,
  datasets: SiftedDatasets,
  watermarks: ReadonlyMap<string, number>,
): SiftedSlice {
  const { entries, refused } = readSlice(records, datasets);
  const shares = groupByDay(entries).flatMap(({ dataset: name, day, entries: ofDay }): SiftedShare[] => {
    const dataset = datasets.get(name);
    const watermark = watermarks.get(dayId(name, day)) ?? -1;
    const sifted = dataset && sift(ofDay, watermark, dataset.validate, dataset.recordId);
    if (!dataset || !sifted) return [];
    const { rows, ...rest } = sifted;
    return [{ dataset: name, day, ...rest, rows: rows.length, chunks: chunkRows(rows, dataset) }];
  });
  return { shares, refused };
}
