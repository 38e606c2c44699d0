import type { EventContract } from '@perennial/contracts';
import type { History, ObservedDocument, ObservedEvent } from '../history/history';

/** Chooses one of several; the same choices give the same mutation. */
export type Pick = (choices: number) => number;

/** A way to damage a good history, and the guarantees that it must be seen to break: these and no others. */
export interface Mutation {
  readonly name: string;
  readonly breaks: readonly string[];
  /** Null: the history holds nothing that could be damaged so. */
  apply(history: History, pick: Pick): History | null;
}

export const typed =
  <T>(contract: EventContract<T>, holds: (data: T) => boolean = () => true) =>
  ({ type, data }: ObservedEvent): boolean =>
    type === contract.type && holds(data as T);

const chosen = <T>(values: readonly T[], pick: Pick): T | undefined => values[pick(values.length)];

const nameOf = ({ source, id }: ObservedEvent): string => `${source} ${id}`;

function firstDeliveries(events: readonly ObservedEvent[]): ObservedEvent[] {
  const first = new Map<string, ObservedEvent>();
  for (const event of events) if (!first.has(nameOf(event))) first.set(nameOf(event), event);
  return [...first.values()];
}

type Change = (event: ObservedEvent) => ObservedEvent;

/** Changes one event that fits, in all its deliveries. */
export function alterEvent(holds: (event: ObservedEvent) => boolean, change: Change) {
  return (history: History, pick: Pick): History | null => {
    const events = history.events ?? [];
    const target = chosen(firstDeliveries(events).filter(holds), pick);
    if (!target) return null;
    return { ...history, events: events.map((event) => (nameOf(event) === nameOf(target) ? change(event) : event)) };
  };
}

export const alterData = (holds: (event: ObservedEvent) => boolean, change: (data: never) => object) =>
  alterEvent(holds, (event) => ({ ...event, data: { ...(event.data as object), ...change(event.data as never) } }));

/** Loses an event, in all its deliveries. */
export function dropEvent(holds: (event: ObservedEvent) => boolean) {
  return (history: History, pick: Pick): History | null => {
    const events = history.events ?? [];
    const target = chosen(firstDeliveries(events).filter(holds), pick);
    return target ? { ...history, events: events.filter((event) => nameOf(event) !== nameOf(target)) } : null;
  };
}

/** The same fact told again by an event of its own, behind the end of its partition. */
export function tellAgain(
  holds: (event: ObservedEvent) => boolean,
  change: (copy: ObservedEvent, original: ObservedEvent) => ObservedEvent = (copy) => copy,
) {
  return (history: History, pick: Pick): History | null => {
    const events = history.events ?? [];
    const target = chosen(firstDeliveries(events).filter(holds), pick);
    if (!target) return null;
    const copy = change({ ...target, id: `${target.id}-again`, offset: 1_000_000 }, target);
    return { ...history, events: [...events, copy] };
  };
}

export const documentsOf = (history: History, collection: string): readonly ObservedDocument[] =>
  history.documents?.[collection] ?? [];

export const withDocuments = (
  history: History,
  collection: string,
  documents: readonly ObservedDocument[],
): History => ({
  ...history,
  documents: { ...history.documents, [collection]: documents },
});

export function alterDocument(
  collection: RegExp,
  holds: (content: never) => boolean,
  change: (content: never) => object,
) {
  return (history: History, pick: Pick): History | null => {
    const found = Object.entries(history.documents ?? {})
      .filter(([name]) => collection.test(name))
      .flatMap(([name, documents]) => documents.map((document) => ({ name, document })))
      .filter(({ document }) => holds(document.content as never));
    const target = chosen(found, pick);
    if (!target) return null;
    const content = { ...target.document.content, ...change(target.document.content as never) };
    const documents = documentsOf(history, target.name);
    return withDocuments(
      history,
      target.name,
      documents.map((each) => (each.id === target.document.id ? { ...each, content } : each)),
    );
  };
}

export function dropDocument(collection: RegExp, holds: (document: ObservedDocument) => boolean = () => true) {
  return (history: History, pick: Pick): History | null => {
    const found = Object.entries(history.documents ?? {})
      .filter(([name]) => collection.test(name))
      .flatMap(([name, documents]) => documents.filter(holds).map(({ id }) => ({ name, id })));
    const target = chosen(found, pick);
    if (!target) return null;
    const rest = documentsOf(history, target.name).filter(({ id }) => id !== target.id);
    return withDocuments(history, target.name, rest);
  };
}

/** Between a record and the next one. */
export const rightBehind = (copy: ObservedEvent, { offset }: ObservedEvent): ObservedEvent => ({
  ...copy,
  offset: offset + 0.5,
});

/** Broken by what is told a second time: the topic then holds more than the outbox gave out. */
export const toldAgain = ['topics-match-outboxes'];
/** Broken by what was committed and is told by nobody. */
export const lost = ['outbox-entries-published', 'topics-match-outboxes'];
