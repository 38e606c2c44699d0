import type { RecordProblem, RecordValidator, ValidRow } from '@perennial/pipeline';
import { identityOf } from './record.identity';
import type { Entry } from './record.slice';

export interface QuarantinedRecord {
  offset: number;
  /** Position within the message. */
  index: number;
  identity: string;
  problems: RecordProblem[];
  record: unknown;
}

export interface AcceptedRow {
  offset: number;
  row: ValidRow;
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
