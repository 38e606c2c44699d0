import { createHash } from 'node:crypto';
import { type Sample, sampleOf } from './sample';

/** Rows of one day of one dataset: what was submitted against what was stored. */
export interface DayRows {
  readonly dataset: string;
  readonly day: string;
  /** Some batch of the day takes rows or is being written: a row that is not stored may still come. */
  readonly open: boolean;
  /** False: older messages of the day may have been removed, so a stored row need not be among the submitted. */
  readonly submittedWhole: boolean;
  /** Distinct records that were acknowledged. */
  readonly submitted: number;
  readonly stored: number;
  /** Distinct records in quarantine. */
  readonly quarantined: number;
  /** Submitted, but neither stored nor in quarantine. */
  readonly lost: Sample;
  /** Stored on the day without having been submitted for it. */
  readonly foreign: Sample;
  /** Stored more than once, within a batch or in two batches of the day. */
  readonly repeated: Sample;
  /** Accepted rows of the day's batches, as announced, against the rows in their files. */
  readonly miscounted: Sample;
}

export interface RowSources {
  readonly dataset: string;
  readonly day: string;
  readonly open?: boolean;
  readonly submittedWhole?: boolean;
  readonly submitted: RowKeys;
  /** The files of the day itself and of its corrections. */
  readonly batches: readonly {
    readonly batchId: string;
    readonly rows: RowKeys;
    /** Rows as announced; null where no event told. */
    readonly announced: number | null;
  }[];
  readonly quarantined: RowKeys;
}

/** Record ids as numbers of 53 bits, so that millions fit into memory; two ids collide with odds of n²/2⁵⁴. */
export interface RowKeys {
  readonly keys: Float64Array;
  /** What to call the row at an index in a message: its id, or where it lies. */
  name(index: number): string;
}

/** First 53 bits of the SHA-256 of a record id. */
export function rowKey(recordId: string): number {
  const digest = createHash('sha256').update(recordId).digest();
  return digest.readUInt32BE(0) * 2 ** 21 + (digest.readUInt32BE(4) >>> 11);
}

export const rowKeysOf = (recordIds: readonly string[]): RowKeys => ({
  keys: Float64Array.from(recordIds, rowKey),
  name: (index) => recordIds[index] ?? `row ${index}`,
});

interface Named {
  readonly names: string[];
  count: number;
}

const namesKept = 5;

function note(found: Named, rows: RowKeys, index: number): void {
  found.count += 1;
  if (found.names.length < namesKept) found.names.push(rows.name(index));
}

const none = (): Named => ({ names: [], count: 0 });
const sample = ({ names, count }: Named): Sample => sampleOf(names, count);

/** Compares what was submitted for a day with what is stored of it. */
export function accountRows(sources: RowSources): DayRows {
  const { dataset, day, open = false, submittedWhole = true, submitted, batches, quarantined } = sources;
  const known = new Set(submitted.keys);
  const stored = new Set<number>();
  const [foreign, repeated, lost] = [none(), none(), none()];
  for (const { rows } of batches) {
    rows.keys.forEach((key, index) => {
      if (stored.has(key)) note(repeated, rows, index);
      else if (submittedWhole && !known.has(key)) note(foreign, rows, index);
      stored.add(key);
    });
  }
  const refused = new Set(quarantined.keys);
  const missed = new Set<number>();
  submitted.keys.forEach((key, index) => {
    if (stored.has(key) || refused.has(key) || missed.has(key)) return;
    missed.add(key);
    note(lost, submitted, index);
  });
  const wrong = batches.filter(({ rows, announced }) => announced !== null && announced !== rows.keys.length);
  return {
    dataset,
    day,
    open,
    submittedWhole,
    submitted: known.size,
    stored: stored.size,
    quarantined: refused.size,
    lost: sample(lost),
    foreign: sample(foreign),
    repeated: sample(repeated),
    miscounted: sampleOf(
      wrong.map((batch) => `${batch.batchId}: ${batch.announced} announced, ${batch.rows.keys.length} stored`),
    ),
  };
}
