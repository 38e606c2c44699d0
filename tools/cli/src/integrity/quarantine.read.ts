import { QuarantineExamination, type QuarantineExplained } from '@perennial/integrity';
import type { mongo } from 'mongoose';
import { placeKey } from './submitted.rows';

interface Quarantined {
  readonly _id: string;
  readonly dataset: string;
  readonly day: string;
  readonly problems: string;
}

export interface QuarantineRead {
  readonly explained: QuarantineExplained;
  /** Keys of the places of the records, by dataset/day. */
  readonly places: ReadonlyMap<string, ReadonlySet<number>>;
}

/** Its ids are topic/partition/offset/index, the numbers padded with zeros. */
function placeOf(id: string): number {
  const parts = id.split('/');
  const [offset, index] = parts.slice(-2).map(Number) as [number, number];
  return placeKey({ stream: parts.slice(0, -2).join('/'), offset, index });
}

/** Looks at every record in quarantine, and keeps the places only. */
export async function readQuarantine(database: mongo.Db): Promise<QuarantineRead> {
  const examination = new QuarantineExamination();
  const places = new Map<string, Set<number>>();
  const cursor = database
    .collection<Quarantined>('ingestion_quarantine')
    .find({}, { projection: { dataset: 1, day: 1, problems: 1 } });
  for await (const { _id, dataset, day, problems } of cursor) {
    examination.take({ id: _id, problems });
    const name = `${dataset}/${day}`;
    const known = places.get(name) ?? new Set<number>();
    places.set(name, known.add(placeOf(_id)));
  }
  return { explained: examination.result(), places };
}
