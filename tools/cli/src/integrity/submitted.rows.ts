import { rowKey, type RowKeys } from '@perennial/integrity';
import { type Dataset, type RecordValidator, recordValidator } from '@perennial/pipeline';

/** Numbers in little space, however many come. */
class Numbers {
  private values = new Float64Array(1024);
  length = 0;

  push(value: number): void {
    if (this.length === this.values.length) {
      const grown = new Float64Array(this.values.length * 2);
      grown.set(this.values);
      this.values = grown;
    }
    this.values[this.length++] = value;
  }

  at(index: number): number {
    return this.values[index] ?? NaN;
  }

  taken(): Float64Array {
    return this.values.subarray(0, this.length);
  }
}

/** Where a record lies: the message and its place within it. */
export interface RecordPlace {
  readonly stream: string;
  readonly offset: number;
  readonly index: number;
}

/** As the quarantine numbers its records, so that a record can be found there. */
export const placeKey = ({ stream, offset, index }: RecordPlace): number => rowKey(`${stream}/${offset}/${index}`);

/** Records of one dataset and day as producers pushed them: 24 bytes each. */
export class SubmittedDay {
  private readonly ids = new Numbers();
  private readonly places = new Numbers();
  private readonly offsets = new Numbers();
  private readonly streams: string[] = [];
  private readonly streamOf = new Map<string, number>();

  take(recordId: string | null, place: RecordPlace): void {
    const key = placeKey(place);
    this.ids.push(recordId === null ? key : rowKey(recordId));
    this.places.push(key);
    let stream = this.streamOf.get(place.stream);
    if (stream === undefined) {
      stream = this.streams.push(place.stream) - 1;
      this.streamOf.set(place.stream, stream);
    }
    // Offsets stay exact below 2^53 / 64 partitions.
    this.offsets.push(place.offset * 64 + stream);
  }

  /** Those that did not go to the quarantine, by the keys of the places of those that did. */
  accepted(quarantined: ReadonlySet<number>): RowKeys {
    const indexes = new Numbers();
    const places = this.places.taken();
    places.forEach((place, index) => {
      if (!quarantined.has(place)) indexes.push(index);
    });
    const chosen = indexes.taken();
    const ids = this.ids.taken();
    return { keys: chosen.map((index) => ids[index]!), name: (index) => this.place(indexes.at(index)) };
  }

  private place(index: number): string {
    const packed = this.offsets.at(index);
    return `in ${this.streams[packed % 64] ?? '?'}/${Math.floor(packed / 64)}`;
  }
}

interface Reader {
  readonly dataset: Dataset;
  readonly validate: RecordValidator;
  readonly idIndex: number;
}

/** Folds the messages of producers into rows by dataset and day. */
export class SubmittedRows {
  readonly days = new Map<string, { dataset: string; day: string; rows: SubmittedDay }>();
  private readonly readers: ReadonlyMap<string, Reader>;

  constructor(
    datasets: readonly Dataset[],
    private readonly since: string | undefined,
  ) {
    this.readers = new Map(datasets.map((dataset) => [dataset.name, readerOf(dataset)]));
  }

  take(data: unknown, stream: string, offset: number): void {
    const { dataset, day, records } = data as { dataset: string; day: string; records: unknown[] };
    const reader = this.readers.get(dataset);
    if (!reader || !Array.isArray(records) || (this.since !== undefined && day < this.since)) return;
    const rows = this.rowsOf(dataset, day);
    records.forEach((record, index) => rows.take(idOf(record, reader), { stream, offset, index }));
  }

  private rowsOf(dataset: string, day: string): SubmittedDay {
    const name = `${dataset}/${day}`;
    const known = this.days.get(name);
    if (known) return known.rows;
    const rows = new SubmittedDay();
    this.days.set(name, { dataset, day, rows });
    return rows;
  }
}

function readerOf(dataset: Dataset): Reader {
  const idIndex = dataset.columns.findIndex(({ name }) => name === dataset.recordId);
  return { dataset, validate: recordValidator(dataset), idIndex };
}

/** As it is stored: text as it came, other types as the dataset declares them. Null where there is none. */
function idOf(record: unknown, { dataset, validate, idIndex }: Reader): string | null {
  if (typeof record !== 'object' || record === null || !Object.hasOwn(record, dataset.recordId)) return null;
  const raw = (record as Record<string, unknown>)[dataset.recordId];
  if (dataset.columns[idIndex]?.type === 'string') return typeof raw === 'string' && raw !== '' ? raw : null;
  const judged = validate(record);
  const cell = judged.ok ? judged.ok[idIndex] : raw;
  return cell === null || cell === undefined ? null : String(cell);
}
