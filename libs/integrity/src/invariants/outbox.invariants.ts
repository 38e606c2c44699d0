import {
  dayManifestV1,
  labelToldV1,
  predictionsMadeV3,
  recordsPushedV1,
  replicaReportedV1,
  replicaReportedV2,
  runProgressedV1,
  trafficObservedV1,
  serviceNames,
} from '@perennial/contracts';
import { eventInvariant, limit } from '../checking/event.invariant';
import { groupBy } from '../checking/grouping';
import type { HistoryView } from '../checking/history.view';
import { conclude, type Invariant, type Violation, unobserved, violation } from '../checking/invariant';
import {
  messagingCollections,
  type OutboxContent,
  type PositionContent,
  type SequenceContent,
  sourceOf,
} from '../documents/documents';
import type { ObservedDocument, ObservedEvent } from '../history/history';

/** Published without an outbox: they may be lost or repeated, and nothing depends on one of them. */
const direct: ReadonlySet<string> = new Set(
  [
    ...[recordsPushedV1, dayManifestV1, replicaReportedV1, replicaReportedV2, predictionsMadeV3],
    ...[trafficObservedV1, labelToldV1, runProgressedV1],
  ].map(({ type }) => type),
);

interface Outbox {
  readonly service: string;
  readonly entries: readonly (OutboxContent & { readonly document: string })[];
  readonly sequences: ReadonlyMap<string, number>;
  readonly positions: ReadonlyMap<string, number>;
}

function outboxOf(view: HistoryView, service: string): Outbox | undefined {
  const names = messagingCollections(service);
  const [outbox, sequences, positions] = [names.outbox, names.sequences, names.positions].map((name) =>
    view.documents(name),
  );
  if (!outbox || !sequences || !positions) return undefined;
  const entry = ({ id, content }: ObservedDocument) => ({
    ...(content as OutboxContent),
    document: `${names.outbox}/${id}`,
  });
  return {
    service,
    entries: outbox.map(entry),
    sequences: new Map(sequences.map(({ id, content }) => [id, (content as SequenceContent).last])),
    positions: new Map(positions.map(({ id, content }) => [id, (content as PositionContent).published])),
  };
}

const outboxesOf = (view: HistoryView): Outbox[] => serviceNames.flatMap((service) => outboxOf(view, service) ?? []);

const notRead = 'the outboxes were not read';
const spoken = (lane: string): string => lane.replace('\n', ' ');
const isPublished = ({ publishedAt }: OutboxContent): boolean => publishedAt !== undefined && publishedAt !== null;

const outboxDrains: Invariant = {
  name: 'outbox-drains',
  promise: 'At rest every event that a service committed has been published.',
  check: (view) => {
    const outboxes = outboxesOf(view);
    if (outboxes.length === 0) return unobserved(notRead);
    const { atRest } = view.history;
    const waiting = outboxes.flatMap(({ entries }) => entries.filter((entry) => !isPublished(entry)));
    const behind = outboxes.flatMap(({ service, sequences, positions }) =>
      [...sequences]
        .filter(([lane, last]) => (positions.get(lane) ?? 0) < last)
        .map(([lane, last]) => `${service}: ${spoken(lane)}: published up to ${positions.get(lane) ?? 0} of ${last}`),
    );
    const ahead = outboxes.flatMap(({ service, sequences, positions }) =>
      [...positions]
        .filter(([lane, published]) => published > (sequences.get(lane) ?? 0))
        .map(([lane, published]) => `${service}: ${spoken(lane)}: published ${published}, more than were given out`),
    );
    const lanes = outboxes.reduce((sum, { sequences }) => sum + sequences.size, 0);
    const unpublished = waiting.map((entry) =>
      violation(`${entry.document}: not published`, [entry], [entry.document]),
    );
    const limits = atRest
      ? []
      : limit(
          waiting.map(({ id }) => id),
          'still to be published',
        );
    const late = atRest ? [...unpublished, ...behind.map((message) => violation(message))] : [];
    return conclude(lanes, [...late, ...ahead.map((message) => violation(message))], 'outbox entry', limits);
  },
};

/** Entries are numbered per lane; those that are old and published are removed from the front. */
function numbering({ entries }: Outbox): Violation[] {
  return [...groupBy(entries, ({ lane }) => lane)].flatMap(([lane, own]) => {
    const sorted = [...own].sort((a, b) => a.sequence - b.sequence);
    const wrong = sorted.filter((entry, index) => entry.sequence !== sorted[0]!.sequence + index);
    if (wrong.length === 0) return [];
    const numbers = sorted.map(({ sequence }) => sequence).join(', ');
    return [
      violation(
        `${spoken(lane)}: entries ${numbers}`,
        sorted,
        wrong.map(({ document }) => document),
      ),
    ];
  });
}

const isWhole = (view: HistoryView, topic: string): boolean => !view.folded(topic) && !view.truncated(topic);

const publishedIsRead = eventInvariant({
  name: 'outbox-entries-published',
  promise: 'Every outbox entry that is marked as published lies on its topic; entries are numbered without a gap.',
  subject: 'outbox entry',
  examine: (view) => {
    const outboxes = outboxesOf(view);
    if (outboxes.length === 0) return notRead;
    const entries = outboxes.flatMap((outbox) => outbox.entries).filter(({ topic }) => isWhole(view, topic));
    const lost = entries.filter((entry) => isPublished(entry) && !view.event(entry.id));
    const missing = lost.map((entry) =>
      violation(`event ${entry.id}: not on ${entry.topic}`, [entry], [entry.document]),
    );
    const { atRest } = view.history;
    return {
      checked: entries.length,
      violations: [...(atRest ? missing : []), ...outboxes.flatMap(numbering)],
      limits: atRest
        ? []
        : limit(
            lost.map(({ id }) => id),
            'published after the topics were read',
          ),
    };
  },
});

const laneOf = ({ topic, key }: ObservedEvent): string => `${topic.replace(/\.retry$/, '')}\n${key}`;

/** Counters of a key that was not used for long are removed and begin anew. */
function mayHaveBegunAnew(view: HistoryView, events: readonly ObservedEvent[]): boolean {
  const { countersSince } = view.history;
  return countersSince !== undefined && events.some(({ time }) => time < countersSince);
}

interface LaneCounts {
  readonly violations: readonly Violation[];
  readonly late: readonly string[];
}

function compareLane(view: HistoryView, name: string, events: readonly ObservedEvent[], given: number): LaneCounts {
  const fewer = events.length < given;
  const more = events.length > given && !mayHaveBegunAnew(view, events);
  if (!fewer && !more) return { violations: [], late: [] };
  if (!view.history.atRest) return { violations: [], late: [name] };
  return {
    violations: [violation(`${name}: ${events.length} events on the topic, ${given} committed`, events)],
    late: [],
  };
}

function compareLanes(view: HistoryView, { service, sequences }: Outbox): LaneCounts[] {
  const source = sourceOf(service);
  const own = view.distinct.filter((event) => event.source === source && !direct.has(event.type));
  const lanes = groupBy(own, laneOf);
  const names = [...new Set([...sequences.keys(), ...lanes.keys()])];
  return names
    .filter((lane) => isWhole(view, lane.slice(0, lane.indexOf('\n'))))
    .map((lane) => compareLane(view, `${service}: ${spoken(lane)}`, lanes.get(lane) ?? [], sequences.get(lane) ?? 0));
}

const topicMatchesOutbox = eventInvariant({
  name: 'topics-match-outboxes',
  promise: 'Each topic holds exactly the events that were committed with the state of their service.',
  subject: 'key of a topic',
  examine: (view) => {
    const outboxes = outboxesOf(view);
    if (outboxes.length === 0) return notRead;
    const compared = outboxes.flatMap((outbox) => compareLanes(view, outbox));
    const removed = (view.history.ranges ?? [])
      .filter(({ topic, first }) => first > 0 && !view.folded(topic))
      .map(({ topic }) => topic);
    return {
      checked: outboxes.reduce((sum, { sequences }) => sum + sequences.size, 0),
      violations: compared.flatMap(({ violations }) => violations),
      limits: [
        ...limit(
          compared.flatMap(({ late }) => late),
          'still under way',
        ),
        ...limit([...new Set(removed)], 'older events were removed'),
      ],
    };
  },
});

const lanesKeepOrder = eventInvariant({
  name: 'outbox-order-kept',
  promise: 'Events of one key reach their topic in the order in which they were committed.',
  subject: 'outbox entry',
  examine: (view) => {
    const outboxes = outboxesOf(view);
    if (outboxes.length === 0) return notRead;
    let checked = 0;
    const violations = outboxes.flatMap(({ entries }) =>
      [...groupBy(entries, ({ lane }) => lane)].flatMap(([lane, own]) => {
        const events = [...own]
          .sort((a, b) => a.sequence - b.sequence)
          .flatMap(({ id }) => view.event(id) ?? [])
          .filter(({ topic }) => !topic.endsWith('.retry'));
        checked += events.length;
        const swapped = events.filter((event, index) => {
          const before = events[index - 1];
          return before !== undefined && before.partition === event.partition && before.offset > event.offset;
        });
        return swapped.map((event) => violation(`${spoken(lane)}: ${event.id} came too early`, [event]));
      }),
    );
    return { checked, violations };
  },
});

export const outboxInvariants: readonly Invariant[] = [
  outboxDrains,
  publishedIsRead,
  topicMatchesOutbox,
  lanesKeepOrder,
];
