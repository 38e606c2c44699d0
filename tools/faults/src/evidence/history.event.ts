import type { EventContract } from '@perennial/contracts';
import type { ObservedEvent } from '@perennial/integrity';

/** One event as a reader of the topics saw it first. */
export interface HistoryEvent {
  readonly id: string;
  readonly type: string;
  /** RFC 3339, as its source gave it. */
  readonly time: string;
  /** Topic, partition and offset of the first delivery. */
  readonly position: string;
  readonly data: unknown;
  /** With its key, source, cause and place, as the checker wants it. */
  readonly observed?: ObservedEvent;
}

export interface TypedEvent<T> extends HistoryEvent {
  readonly data: T;
}

/** Events of a type, in the order in which they were read. */
export const eventsOf = <T>(events: readonly HistoryEvent[], contract: EventContract<T>): TypedEvent<T>[] =>
  events.filter(({ type }) => type === contract.type) as TypedEvent<T>[];

interface Owned {
  pipeline?: string;
  dataset?: string;
  view?: string;
}

/** In these scenarios a pipeline, its dataset and its view bear one name. */
export function belongsTo(data: unknown, pipeline: string): boolean {
  const owner = (data ?? {}) as Owned;
  return [owner.pipeline, owner.dataset, owner.view].includes(pipeline);
}

const shown = ['day', 'cycleId', 'runId', 'version', 'attempt', 'claim', 'role', 'batchId', 'action', 'code', 'reason'];

/** One line per event: when, what, and the fields that tell events of a type apart. */
export function describeEvent({ time, type, data, id, position }: HistoryEvent): string {
  const fields = Object.entries((data ?? {}) as Record<string, unknown>)
    .filter(([name, value]) => shown.includes(name) && value !== null)
    .map(([name, value]) => `${name}=${String(value)}`);
  return `${time} ${type.replace(/^perennial\./, '')} ${fields.join(' ')} (${id} at ${position})`;
}

/** The history near the given events, or its end: what a reader of a failed test needs. */
export function excerpt(events: readonly HistoryEvent[], ids: readonly string[], around = 6): string {
  const marked = new Set(ids);
  const hits = events.flatMap(({ id }, index) => (marked.has(id) ? [index] : []));
  const near = (index: number) =>
    hits.length === 0 ? index >= events.length - 4 * around : hits.some((hit) => Math.abs(hit - index) <= around);
  return events
    .flatMap((event, index) => (near(index) ? [`${marked.has(event.id) ? '>' : ' '} ${describeEvent(event)}`] : []))
    .join('\n');
}
