import type { LoggedEvent } from './event.log';
import type { CollectedSpan } from './otlp.collector';

/** One step of a chain of events; times in milliseconds. */
export interface WaterfallStep {
  readonly event: string;
  /** Who made it. */
  readonly service: string;
  /** From the start of the chain until the broker had it. */
  readonly atMs: number;
  /** Since the step before. */
  readonly tookMs: number;
  /** Of that: from the broker's storing the event before to the start of its handling. */
  readonly waitedMs: number | null;
  /** Of that: the handling of the event before by the service that made this one. */
  readonly handledMs: number | null;
  /** Of that: what workers of this service did for the cycle: judging, training. */
  readonly workedMs: number | null;
  /** Of that: from when the event was made to the broker's storing it: commit, relay, publish. */
  readonly outboxMs: number;
}

const round = (value: number): number => Math.round(value * 10) / 10;

/** The events of a chain in the order in which the broker stored them, with the spans that led from one to the next. */
export function waterfall(
  startedAt: number,
  chain: readonly (LoggedEvent & { service: string })[],
  spans: readonly CollectedSpan[],
): WaterfallStep[] {
  const ordered = [...chain].sort((a, b) => a.storedAt - b.storedAt);
  return ordered.map((event, index) => {
    const before = ordered[index - 1];
    const since = before?.storedAt ?? startedAt;
    const handling = before && spans.find((span) => handles(span, before) && span.service === event.service);
    return {
      event: event.name,
      service: event.service,
      atMs: round(event.storedAt - startedAt),
      tookMs: round(event.storedAt - since),
      waitedMs: handling ? round(Math.max(0, handling.startedAt - since)) : null,
      handledMs: handling ? round(handling.endedAt - handling.startedAt) : null,
      workedMs: worked(event, since, spans),
      outboxMs: round(event.storedAt - event.madeAt),
    };
  });
}

function worked(
  { service, storedAt, data }: LoggedEvent & { service: string },
  since: number,
  spans: readonly CollectedSpan[],
) {
  const own = spans.filter(
    (span) =>
      span.service === service &&
      span.attributes['perennial.cycle.id'] === data.cycleId &&
      span.endedAt > since &&
      span.startedAt < storedAt,
  );
  const sum = own.reduce((ms, span) => ms + Math.min(span.endedAt, storedAt) - Math.max(span.startedAt, since), 0);
  return own.length === 0 || data.cycleId === undefined ? null : round(sum);
}

const handles = ({ attributes }: CollectedSpan, { topic, partition, offset }: LoggedEvent): boolean =>
  attributes['messaging.destination.name'] === topic &&
  attributes['messaging.destination.partition.id'] === String(partition) &&
  attributes['kafka.offset'] === offset;

const column = (value: number | null, width = 9): string => (value === null ? '-' : value.toFixed(1)).padStart(width);

export function waterfallTable(steps: readonly WaterfallStep[]): string {
  const head = `${'event'.padEnd(24)}${'made by'.padEnd(16)}${['at', 'took', 'waited', 'handled', 'worked', 'outbox'].map((name) => name.padStart(9)).join('')}`;
  const lines = steps.map(
    ({ event, service, atMs, tookMs, waitedMs, handledMs, workedMs, outboxMs }) =>
      event.padEnd(24) +
      service.padEnd(16) +
      [atMs, tookMs, waitedMs, handledMs, workedMs, outboxMs].map((ms) => column(ms)).join(''),
  );
  return [head, ...lines].join('\n');
}
