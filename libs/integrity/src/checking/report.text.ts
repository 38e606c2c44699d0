import type { History, ObservedEvent } from '../history/history';
import type { IntegrityReport } from './check.history';
import type { Violation } from './invariant';

const shown = [
  'pipeline',
  'dataset',
  'day',
  'cycleId',
  'runId',
  'version',
  'rolloutId',
  'sequence',
  'attempt',
  'claim',
  'role',
  'batchId',
  'alertId',
  'channel',
  'action',
  'tries',
  'code',
  'reason',
];

/** What a reader is told of an event; where it lies, in words or as topic, partition and offset. */
export type ToldEvent = Pick<ObservedEvent, 'id' | 'time' | 'type' | 'data'> &
  ({ readonly position: string } | Pick<ObservedEvent, 'topic' | 'partition' | 'offset'>);

/** One line per event: when, what, the fields that tell events of a type apart, and where it lies. */
function describeEvent(event: ToldEvent): string {
  const { time, type, data, id } = event;
  const fields = Object.entries((data ?? {}) as Record<string, unknown>)
    .filter(([name, value]) => shown.includes(name) && value !== null)
    .map(([name, value]) => `${name}=${String(value)}`);
  const position = 'position' in event ? event.position : `${event.topic}/${event.partition}/${event.offset}`;
  return `${time} ${type.replace(/^perennial\./, '')} ${fields.join(' ')} (${id} at ${position})`;
}

/** The history near the given events, or its end: what a reader of a failed check needs. */
export function excerpt(events: readonly ToldEvent[], ids: readonly string[], around = 6): string {
  const marked = new Set(ids);
  const hits = events.flatMap(({ id }, index) => (marked.has(id) ? [index] : []));
  const near = (index: number) =>
    hits.length === 0 ? index >= events.length - 4 * around : hits.some((hit) => Math.abs(hit - index) <= around);
  return events
    .flatMap((event, index) => (near(index) ? [`${marked.has(event.id) ? '>' : ' '} ${describeEvent(event)}`] : []))
    .join('\n');
}

const violationsShown = 5;

function describeViolation(name: string, { message, events, documents }: Violation, history: History): string {
  const seen = documents.length > 0 ? [`  documents: ${documents.join(', ')}`] : [];
  const around = events.length > 0 ? [excerpt(history.events ?? [], events)] : [];
  return [`${name}: ${message}`, ...seen, ...around].join('\n');
}

/** Each violation with the history around it; empty when there is none. */
export function describeViolations(report: IntegrityReport, history: History): string {
  return report.results
    .flatMap(({ name, finding }) => {
      if (finding.outcome !== 'violated') return [];
      const told = finding.violations.slice(0, violationsShown);
      const rest = finding.violations.length - told.length;
      return [
        ...told.map((each) => describeViolation(name, each, history)),
        ...(rest > 0 ? [`${name}: and ${rest} more`] : []),
      ];
    })
    .join('\n\n');
}
