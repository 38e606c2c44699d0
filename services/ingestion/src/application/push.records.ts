import { type DataOf, dayManifestV1, recordsPushedV1 } from '@perennial/contracts';
import type { StreamedRecord } from '@perennial/columns';
import { emit, type OutgoingEvent, type Publisher, type Stamp, stampEvents } from '@perennial/messaging';
import { ServiceError } from '@perennial/service';

export interface PushTarget {
  dataset: string;
  day: string;
}

type Pushed = DataOf<typeof recordsPushedV1>['records'][number];

/** Bounds of one message: the broker refuses more than 1 MB, envelope included. */
const MAX_RECORDS = 1_000;
const MAX_BYTES = 512_000;

/** Hands pushed records on to the topic that outside producers use. */
export class PushRecords {
  constructor(
    private readonly publisher: Publisher,
    private readonly stamp: Stamp,
  ) {}

  /**
   * Resolves with the number of records once the broker has acknowledged all of them. A record that cannot be read
   * ends it: those before it may have been published, and pushing all of them again is harmless.
   */
  async run(
    target: PushTarget,
    records: AsyncIterable<StreamedRecord> | Iterable<StreamedRecord>,
    typed: (record: Pushed) => Pushed = (record) => record,
  ): Promise<{ accepted: number }> {
    let pending: Pushed[] = [];
    let bytes = 0;
    let accepted = 0;
    const flush = async () => {
      if (pending.length === 0) return;
      await this.publish(emit(recordsPushedV1, { ...target, records: pending }));
      accepted += pending.length;
      pending = [];
      bytes = 0;
    };
    for await (const streamed of records) {
      const record = typed(objectOf(streamed, accepted));
      const size = Buffer.byteLength(JSON.stringify(record));
      if (size > MAX_BYTES) throw tooLarge(streamed.position, size, accepted);
      if (pending.length === MAX_RECORDS || bytes + size > MAX_BYTES) await flush();
      pending.push(record);
      bytes += size;
    }
    await flush();
    return { accepted };
  }

  async announce(target: PushTarget, rows: number): Promise<void> {
    await this.publish(emit(dayManifestV1, { ...target, rows }));
  }

  private async publish(event: OutgoingEvent): Promise<void> {
    await this.publisher.publish(stampEvents([event], {}, this.stamp));
  }
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
