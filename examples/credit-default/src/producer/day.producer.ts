import { randomUUID } from 'node:crypto';
import { dayManifestV1, recordsPushedV1 } from '@perennial/contracts';
import { emit, type OutgoingEvent, type Publisher, stampEvents } from '@perennial/messaging';
import type { DayOfRecords } from '../days/day.plan';

const RECORDS_PER_EVENT = 200;
const EVENTS_PER_CALL = 5;

/** A day as events: its records in arrays, then the manifest that says how many there are. */
export function eventsOf(dataset: string, { day, records }: DayOfRecords): OutgoingEvent[] {
  const events: OutgoingEvent[] = [];
  for (let start = 0; start < records.length; start += RECORDS_PER_EVENT) {
    events.push(emit(recordsPushedV1, { dataset, day, records: records.slice(start, start + RECORDS_PER_EVENT) }));
  }
  return [...events, emit(dayManifestV1, { dataset, day, rows: records.length })];
}

/** Pushes the day as a system outside the platform would: resolves when the broker holds all of it. */
export async function pushDay(publisher: Publisher, dataset: string, day: DayOfRecords): Promise<void> {
  const stamp = { source: '/demo/core-banking', clock: { now: () => new Date() }, newId: randomUUID };
  const entries = stampEvents(eventsOf(dataset, day), { correlationId: `${dataset}-${day.day}` }, stamp);
  for (let start = 0; start < entries.length; start += EVENTS_PER_CALL) {
    await publisher.publish(entries.slice(start, start + EVENTS_PER_CALL));
  }
}
