import { type Sample, sampleOf } from './sample';

/** A record in quarantine, as the ingestion service stores it. */
export interface QuarantinedRecord {
  readonly id: string;
  /** JSON text: the list of problems, each with the rule that the record breaks. */
  readonly problems: string;
}

export interface QuarantineExplained {
  readonly records: number;
  readonly unexplained: Sample;
}

function hasReason(problems: string): boolean {
  try {
    const listed = JSON.parse(problems) as unknown;
    return (
      Array.isArray(listed) && listed.length > 0 && listed.every((each: { rule?: unknown }) => Boolean(each?.rule))
    );
  } catch {
    return false;
  }
}

/** Looks at each record once, so that they may come from a cursor. */
export class QuarantineExamination {
  private records = 0;
  private without = 0;
  private readonly names: string[] = [];

  take({ id, problems }: QuarantinedRecord): void {
    this.records += 1;
    if (hasReason(problems)) return;
    this.without += 1;
    if (this.names.length < 5) this.names.push(id);
  }

  result(): QuarantineExplained {
    return { records: this.records, unexplained: sampleOf(this.names, this.without) };
  }
}

export function explainQuarantine(records: Iterable<QuarantinedRecord>): QuarantineExplained {
  const examination = new QuarantineExamination();
  for (const record of records) examination.take(record);
  return examination.result();
}
