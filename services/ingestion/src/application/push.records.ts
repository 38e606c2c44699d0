import { type DataOf, dayManifestV1, recordKey, recordsPushedV1 } from '@perennial/contracts';
import type { StreamedRecord } from '@perennial/columns';
import { emit, type OutgoingEvent, type Publisher, recordBatches, type Stamp, stampEvents } from '@perennial/messaging';
import { ServiceError } from '@perennial/service';
import { type Admission, admitAll } from './admission';

export interface PushTarget {
  dataset: string;
  day: string;
}

type Pushed = DataOf<typeof recordsPushedV1>['records'][number];

/** Bounds of one message: the broker refuses more than 1 MB, envelope included. */
const MAX_RECORDS = 1_000;
const MAX_BYTES = 512_000;
/** Consumers take events nested 1,000 deep, the envelope included; JSON.stringify runs out of stack further down. */
const DEEPEST = 900;

export interface PushOptions {
  /** Gives a record the types of its columns. */
  typed?: (record: Pushed) => Pushed;
  /** The column by which records are spread; without it all have one key. */
  recordId?: string;
}

interface Sized {
  record: Pushed;
  /** As JSON. */
  bytes: number;
}

/** Hands pushed records on to the topic that outside producers use. */
export class PushRecords {
  constructor(
    private readonly publisher: Publisher,
    private readonly stamp: Stamp,
    private readonly admission: Pick<Admission, 'admit'> = admitAll,
  ) {}

  /**
   * Resolves with the number of records once the broker has acknowledged all of them. A record that cannot be read
   * ends it, and so does a full backlog (BACKLOG_FULL, 429): some records may have been published, and pushing all of
   * them again is harmless.
   */
  async run(
    target: PushTarget,
    records: AsyncIterable<StreamedRecord> | Iterable<StreamedRecord>,
    { typed = (record) => record, recordId }: PushOptions = {},
  ): Promise<{ accepted: number }> {
    let accepted = 0;
    async function* admissible(): AsyncGenerator<Sized> {
      for await (const streamed of records) {
        const record = typed(objectOf(streamed, accepted));
        if (isDeeperThan(DEEPEST, record)) throw tooDeep(streamed.position, accepted);
        const bytes = Buffer.byteLength(JSON.stringify(record));
        if (bytes > MAX_BYTES) throw tooLarge(streamed.position, bytes, accepted);
        yield { record, bytes };
      }
    }
    const batches = recordBatches(admissible(), {
      ...{ maxRecords: MAX_RECORDS, maxBytes: MAX_BYTES },
      keyOf: ({ record }) => recordKey(target.dataset, idOf(record, recordId)),
      bytesOf: ({ bytes }) => bytes,
    });
    for await (const { key, records: some } of batches) {
      await this.admission.admit(accepted);
      await this.publish(emit(recordsPushedV1, { ...target, records: some.map(({ record }) => record) }, { key }));
      accepted += some.length;
    }
    return { accepted };
  }

  /** A manifest is small, and ends a backlog rather than making one: it is always let through. */
  async announce(target: PushTarget, rows: number): Promise<void> {
    await this.publish(emit(dayManifestV1, { ...target, rows }));
  }

  private async publish(event: OutgoingEvent): Promise<void> {
    await this.publisher.publish(stampEvents([event], {}, this.stamp));
  }
}

const idOf = (record: Pushed, recordId: string | undefined): unknown =>
  recordId !== undefined && Object.hasOwn(record, recordId) ? record[recordId] : undefined;

function objectOf({ position, record, problem }: StreamedRecord, accepted: number): Pushed {
  const rule = problem?.rule ?? 'must be an object';
  const value = problem?.text ?? record;
  if (!problem && typeof record === 'object' && record !== null && !Array.isArray(record)) {
    return kept(record as Pushed);
  }
  throw new ServiceError('MALFORMED_RECORD', 400, `record at ${position}: ${rule}`, {
    field: `[${position}]`,
    position,
    value,
    rule,
    accepted,
  });
}

const overflows = (value: unknown): boolean => typeof value === 'number' && !Number.isFinite(value);

/** JSON would write an overflowing number (1e400) as null; as text it is refused by its column and quarantined. */
function kept(record: Pushed): Pushed {
  if (!Object.values(record).some(overflows)) return record;
  return Object.fromEntries(
    Object.entries(record).map(([name, value]) => [name, overflows(value) ? `${value}` : value]),
  );
}

function isDeeperThan(limit: number, value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return limit === 0 || Object.values(value).some((inner) => isDeeperThan(limit - 1, inner));
}

function tooDeep(position: number, accepted: number): ServiceError {
  const rule = `must not be nested deeper than ${DEEPEST}`;
  const details = { field: `[${position}]`, position, rule, accepted };
  return new ServiceError('RECORD_TOO_DEEP', 400, `record at ${position}: ${rule}`, details);
}

function tooLarge(position: number, bytes: number, accepted: number): ServiceError {
  const rule = `must be at most ${MAX_BYTES} bytes as JSON`;
  return new ServiceError('RECORD_TOO_LARGE', 413, `record at ${position}: ${rule}, has ${bytes}`, {
    field: `[${position}]`,
    position,
    value: bytes,
    rule,
    accepted,
  });
}
