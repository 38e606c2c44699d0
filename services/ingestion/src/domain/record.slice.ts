import { dayManifestV1, day as dayField, name, recordsPushedV1 } from '@perennial/contracts';
import {
  type BrokerRecord,
  codeOf,
  decodeEnvelope,
  DecodeError,
  type EventEnvelope,
  isVersionOf,
} from '@perennial/messaging';
import { z } from 'zod';

/** One broker record that says something about one day. */
export interface Entry {
  offset: number;
  dataset: string;
  day: string;
  content: { records: readonly unknown[] } | { manifest: number };
}

/** A broker record that cannot be taken, now or later. */
export interface Refused {
  record: BrokerRecord;
  code: string;
  message: string;
}

/** Which dataset a producer may name. */
export type DatasetNames = { has(dataset: string): boolean };

// The contract's schema without the rule for single records: those are judged one by one, and quarantined.
const push = z.object({ dataset: name, day: dayField, records: z.array(z.unknown()).min(1).max(10_000) });

function readData<T>(event: EventEnvelope, schema: z.ZodType<T>): T {
  const parsed = schema.safeParse(event.data);
  if (parsed.success) return parsed.data;
  const rules = parsed.error.issues.map(({ path, message }) => `${path.map(String).join('.') || 'data'}: ${message}`);
  throw new DecodeError('INVALID_DATA', `${event.type}: ${rules.join('; ')}`, {
    details: { type: event.type, id: event.id, rules },
  });
}

function contentOf(event: EventEnvelope): Omit<Entry, 'offset'> {
  if (isVersionOf(event.type, recordsPushedV1)) {
    const { dataset, day, records } = readData(event, push);
    return { dataset, day, content: { records } };
  }
  if (isVersionOf(event.type, dayManifestV1)) {
    const { dataset, day, rows } = readData(event, dayManifestV1.schema);
    return { dataset, day, content: { manifest: rows } };
  }
  throw new DecodeError('UNKNOWN_TYPE', `type = ${event.type}: must be records-pushed or day-manifest`, {
    details: { field: 'type', value: event.type },
  });
}

/** The producer names a dataset that no pipeline declares. */
const unknownDataset = (record: BrokerRecord, dataset: string): Refused => ({
  record,
  code: 'UNKNOWN_DATASET',
  message: `dataset = ${dataset}: no pipeline declares this dataset`,
});

/** Reads what producers sent. Never throws: what cannot be read is returned with its reason. */
export function readSlice(
  records: readonly BrokerRecord[],
  datasets: DatasetNames,
): { entries: Entry[]; refused: Refused[] } {
  const entries: Entry[] = [];
  const refused: Refused[] = [];
  for (const record of records) {
    try {
      const content = contentOf(decodeEnvelope(record));
      if (datasets.has(content.dataset)) entries.push({ ...content, offset: Number(record.offset) });
      else refused.push(unknownDataset(record, content.dataset));
    } catch (error) {
      refused.push({ record, code: codeOf(error), message: (error as Error).message });
    }
  }
  return { entries, refused };
}

/** Entries by dataset and day, each in offset order. */
export function groupByDay(entries: readonly Entry[]): { dataset: string; day: string; entries: Entry[] }[] {
  const groups = new Map<string, { dataset: string; day: string; entries: Entry[] }>();
  for (const entry of entries) {
    const { dataset, day } = entry;
    const key = `${dataset}/${day}`;
    const group = groups.get(key);
    if (group) group.entries.push(entry);
    else groups.set(key, { dataset, day, entries: [entry] });
  }
  return [...groups.values()];
}
