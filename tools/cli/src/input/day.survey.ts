import type { DataRecord } from './record.file';

export interface DaySurvey {
  records: number;
  /** Distinct by record id, as the manifest counts them; a record without an id counts by its content. */
  distinct: number;
}

/** Reads all of it once: a file that breaks in the middle is noticed before any of it is pushed. */
export async function survey(records: AsyncIterable<DataRecord>, recordId: string): Promise<DaySurvey> {
  const identities = new Set<string>();
  let count = 0;
  for await (const record of records) {
    count += 1;
    const id = record[recordId];
    identities.add(id === undefined || id === null || id === '' ? `-${JSON.stringify(record)}` : `+${String(id)}`);
  }
  return { records: count, distinct: identities.size };
}
