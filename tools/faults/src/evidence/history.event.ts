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
