import type { EventContract } from '@perennial/contracts';
import type { History, ObservedDocument, ObservedEvent, PipelineFacts } from '../history/history';

export interface TypedEvent<T> extends ObservedEvent {
  readonly data: T;
}

/** A history with what the invariants ask it again and again worked out once. */
export class HistoryView {
  /** Each event once, as it was delivered first, in the order of the first deliveries. */
  readonly distinct: readonly ObservedEvent[];
  private readonly byType = new Map<string, ObservedEvent[]>();
  private readonly byId = new Map<string, ObservedEvent>();
  private readonly copies = new Map<string, ObservedEvent[]>();

  constructor(readonly history: History) {
    for (const event of history.events ?? []) this.take(event);
    this.distinct = [...this.copies.values()].map(([first]) => first!);
  }

  /** Distinct events of a type. */
  of<T>(contract: EventContract<T>): readonly TypedEvent<T>[] {
    return (this.byType.get(contract.type) ?? []) as unknown as readonly TypedEvent<T>[];
  }

  /** The event of an id, whatever its source: a causation id names none. */
  event(id: string): ObservedEvent | undefined {
    return this.byId.get(id);
  }

  /** All deliveries of each event. */
  deliveries(): Iterable<readonly ObservedEvent[]> {
    return this.copies.values();
  }

  documents(collection: string): readonly ObservedDocument[] | undefined {
    return this.history.documents?.[collection];
  }

  facts(pipeline: string): PipelineFacts | undefined {
    return this.history.pipelines.find(({ name }) => name === pipeline);
  }

  /** Topics of which older events may have been removed. */
  truncated(topic: string): boolean {
    return (this.history.ranges ?? []).some((range) => range.topic === topic && range.first > 0);
  }

  folded(topic: string): boolean {
    return this.history.folded?.includes(topic) ?? false;
  }

  private take(event: ObservedEvent): void {
    const name = `${event.source} ${event.id}`;
    const copies = this.copies.get(name);
    if (copies) {
      copies.push(event);
      return;
    }
    this.copies.set(name, [event]);
    this.byId.set(event.id, event);
    const ofType = this.byType.get(event.type);
    if (ofType) ofType.push(event);
    else this.byType.set(event.type, [event]);
  }
}
