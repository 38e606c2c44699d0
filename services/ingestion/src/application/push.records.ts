import { type DataOf, dayManifestV1, recordsPushedV1 } from '@perennial/contracts';
import type { StreamedRecord } from '@perennial/columns';
import { emit, type OutgoingEvent, type Publisher, type Stamp, stampEvents } from '@perennial/messaging';
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

/**
 * Records are spread over so many keys by their ids: a dataset's load reaches several partitions, and all records of
 * one id the same, so that the first of them stays the first.
 */
const LANES = 4;

export interface PushOptions {
  /** Gives a record the types of its columns. */
  typed?: (record: Pushed) => Pushed;
  /** The column by which records are spread; without it all take one way. */
  recordId?: string;
}

interface Lane {
  key: string;
  records: Pushed[];
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
    const lanes = Array.from({ length: LANES }, (_, n): Lane => ({
      key: `${target.dataset}/${n}`,
      records: [],
      bytes: 0,
    }));
    let accepted = 0;
    const flush = async (lane: Lane) => {
      if (lane.records.length === 0) return;
      await this.admission.admit(accepted);
      await this.publish(emit(recordsPushedV1, { ...target, records: lane.records }), lane.key);
      accepted += lane.records.length;
      lane.records = [];
      lane.bytes = 0;
    };
    for await (const streamed of records) {
      const record = typed(objectOf(streamed, accepted));
      if (isDeeperThan(DEEPEST, record)) throw tooDeep(streamed.position, accepted);
      const size = Buffer.byteLength(JSON.stringify(record));
      if (size > MAX_BYTES) throw tooLarge(streamed.position, size, accepted);
      const lane = lanes[laneOf(record, recordId)] as Lane;
      if (lane.records.length === MAX_RECORDS || lane.bytes + size > MAX_BYTES) await flush(lane);
      lane.records.push(record);
      lane.bytes += size;
    }
    for (const lane of lanes) await flush(lane);
    return { accepted };
  }

  /** A manifest is small, and ends a backlog rather than making one: it is always let through. */
  async announce(target: PushTarget, rows: number): Promise<void> {
    await this.publish(emit(dayManifestV1, { ...target, rows }), target.dataset);
  }

  private async publish(event: OutgoingEvent, key: string): Promise<void> {
    const entries = stampEvents([event], {}, this.stamp);
    await this.publisher.publish(
      entries.map((entry) => ({ ...entry, key, headers: { ...entry.headers, ce_partitionkey: key } })),
    );
  }
}

/** FNV-1a of the id's text. */
function laneOf(record: Pushed, recordId: string | undefined): number {
  const id = recordId !== undefined && Object.hasOwn(record, recordId) ? record[recordId] : undefined;
  if (typeof id !== 'string' && typeof id !== 'number') return 0;
  let hash = 0x811c9dc5;
  for (const character of String(id)) hash = Math.imul(hash ^ (character.codePointAt(0) as number), 0x01000193);
  return (hash >>> 0) % LANES;
}

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
