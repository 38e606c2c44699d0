import {
  alertRaisedV1,
  approvalRequestedV1,
  batchClosedV1,
  batchPreparedV1,
  type EventContract,
  events as contracts,
  modelJudgedV1,
  replicaReportedV1,
  rolloutCompletedV1,
  rolloutFailedV1,
  rolloutStartedV1,
  trafficChangedV1,
  runCompletedV1,
  runFailedV1,
  runStartedV1,
  topics,
  trialCompletedV1,
  trialFailedV1,
  trialRequestedV1,
  versionRegisteredV1,
  versionSupersededV1,
  viewUpdatedV1,
  serviceNames,
} from '@perennial/contracts';
import { eventInvariant, limit } from '../checking/event.invariant';
import { groupBy } from '../checking/grouping';
import type { HistoryView } from '../checking/history.view';
import { type Violation, violation } from '../checking/invariant';
import { sourceOf } from '../documents/documents';
import type { ObservedEvent } from '../history/history';

const platformSources: ReadonlySet<string> = new Set(serviceNames.map(sourceOf));

const isPlatforms = ({ source }: ObservedEvent): boolean => platformSources.has(source);

interface Fact {
  readonly contract: EventContract<never>;
  keyOf(data: Readonly<Record<string, unknown>>): string;
}

function fact<T>(contract: EventContract<T>, ...fields: readonly (keyof T & string)[]): Fact {
  return { contract: contract as never, keyOf: (data) => fields.map((field) => String(data[field])).join(' ') };
}

/** What happens once, by what tells it apart. A second event of its own id would mean that an effect came twice. */
const facts: readonly Fact[] = [
  fact(batchClosedV1, 'batchId'),
  fact(batchPreparedV1, 'batchId'),
  fact(viewUpdatedV1, 'view', 'viewVersion', 'batchId'),
  fact(modelJudgedV1, 'cycleId', 'role', 'attempt'),
  fact(runStartedV1, 'runId', 'claim'),
  fact(trialRequestedV1, 'runId', 'trial', 'rung'),
  fact(trialCompletedV1, 'runId', 'trial', 'rung'),
  fact(trialFailedV1, 'runId', 'trial', 'rung'),
  fact(approvalRequestedV1, 'pipeline', 'version'),
  fact(rolloutStartedV1, 'rolloutId'),
  fact(trafficChangedV1, 'pipeline', 'sequence'),
  fact(versionSupersededV1, 'pipeline', 'version'),
  fact(alertRaisedV1, 'alertId'),
];

const factsToldOnce = eventInvariant({
  name: 'facts-told-once',
  promise: 'What happens once is told by one event, however often that event is delivered.',
  subject: 'fact',
  examine: (view) => {
    let checked = 0;
    const violations = facts.flatMap(({ contract, keyOf }) => {
      const told = groupBy(view.of<Record<string, unknown>>(contract as never), ({ data }) => keyOf(data));
      checked += told.size;
      return [...told]
        .filter(([, events]) => events.length > 1)
        .map(([key, events]) => violation(`${contract.title} ${key}: told by ${events.length} events`, events));
    });
    return { checked, violations };
  },
});

const baseTopic = (topic: string): string => topic.replace(/\.retry$/, '');

const oneEventPerId = eventInvariant({
  name: 'one-event-per-id',
  promise: 'Deliveries of one event id are the same in type, key and content.',
  subject: 'event',
  examine: (view) => {
    let checked = 0;
    const violations: Violation[] = [];
    for (const [first, ...copies] of view.deliveries()) {
      checked += 1;
      if (!first || copies.length === 0) continue;
      const content = ({ topic, type, key, data }: ObservedEvent) =>
        JSON.stringify([baseTopic(topic), type, key, data]);
      const expected = content(first);
      const different = copies.filter((copy) => content(copy) !== expected);
      if (different.length > 0) violations.push(violation(`event ${first.id}: deliveries differ`, [first]));
    }
    return { checked, violations };
  },
});

const keysKeepOrder = eventInvariant({
  name: 'keys-keep-their-partition',
  promise: 'Events carry the key of what they are about, and a key keeps its partition, so that its order is kept.',
  subject: 'event of the platform',
  examine: (view) => {
    const own = view.distinct.filter((event) => isPlatforms(event) && event.topic === baseTopic(event.topic));
    const wrong = own.filter(({ topic, type, key, data }) => {
      const contract = contracts.get(type);
      // Who pushes records chooses their keys; a push over HTTP is spread over several.
      return topic !== topics.records.name && contract !== undefined && contract.key(data) !== key;
    });
    const lanes = groupBy(own, ({ topic, key }) => `${topic} ${key}`);
    const moved = [...lanes].filter(([, events]) => events.some(({ partition }) => partition !== events[0]!.partition));
    return {
      checked: own.length,
      violations: [
        ...wrong.map((event) => violation(`event ${event.id}: its key is ${event.key}`, [event])),
        ...moved.map(([lane, events]) => violation(`${lane}: on several partitions`, events)),
      ],
    };
  },
});

/** Events that nothing but another event can bring about. */
const caused: ReadonlySet<string> = new Set(
  [
    batchPreparedV1,
    viewUpdatedV1,
    runStartedV1,
    runCompletedV1,
    runFailedV1,
    trialRequestedV1,
    trialCompletedV1,
    trialFailedV1,
    versionRegisteredV1,
    approvalRequestedV1,
    alertRaisedV1,
  ].map(({ type }) => type),
);

/** What a replica's report brings about. */
const byReports: ReadonlySet<string> = new Set(
  [rolloutStartedV1, rolloutCompletedV1, rolloutFailedV1, trafficChangedV1].map(({ type }) => type),
);

const recentMs = 60_000;

/** In a system in motion the topic of the cause may have been read before that of the effect. */
function isRecent(view: HistoryView, { time }: ObservedEvent): boolean {
  const newest = view.distinct.reduce((latest, event) => (event.time > latest ? event.time : latest), '');
  return Date.parse(newest) - Date.parse(time) < recentMs;
}

const causesExist = eventInvariant({
  name: 'causes-exist',
  promise: 'Every event names the event that caused it, and that event exists.',
  subject: 'event with a cause',
  examine: (view) => {
    const gone: string[] = [];
    let checked = 0;
    const removed = (view.history.ranges ?? []).some(({ topic, first }) => first > 0 && !view.folded(topic));
    const reportsKept = !view.folded(replicaReportedV1.topic.name) && !view.truncated(replicaReportedV1.topic.name);
    const violations = view.distinct.filter(isPlatforms).flatMap((event): Violation[] => {
      const { id, causationId, type } = event;
      if (causationId === null) {
        if (!caused.has(type)) return [];
        checked += 1;
        return [violation(`event ${id}: ${type} names no cause`, [event])];
      }
      if (causationId === id) return [violation(`event ${id}: causes itself`, [event])];
      checked += 1;
      if (view.event(causationId)) return [];
      if (removed || (byReports.has(type) && !reportsKept) || (!view.history.atRest && isRecent(view, event))) {
        gone.push(id);
        return [];
      }
      return [violation(`event ${id}: its cause ${causationId} does not exist`, [event])];
    });
    return { checked: checked - gone.length, violations, limits: limit(gone, 'its cause is not kept') };
  },
});

type Pair = readonly [cause: ObservedEvent, effect: ObservedEvent];

const placeOf = ({ topic, key }: ObservedEvent): string => `${topic} ${key}`;

/** Effects of one key, whose causes have one key, in another order than their causes. */
function overtaking(pairs: readonly Pair[]): Pair[] {
  const chains = groupBy(pairs, ([cause, effect]) => `${placeOf(cause)} ${placeOf(effect)}`);
  return [...chains.values()].flatMap((chain) => {
    const ordered = [...chain].sort(([, a], [, b]) => a.offset - b.offset);
    return ordered.filter(([cause], index) => index > 0 && ordered[index - 1]![0].offset > cause.offset);
  });
}

/** Told at once and not by the outbox: the last report of a run that was superseded may come behind its end. */
const runProgressed = 'perennial.training.v1.run-progressed';

const causeBeforeEffect = eventInvariant({
  name: 'effects-keep-the-order-of-causes',
  promise: 'Events of one key come in the order of their causes, where these have one key too, and behind them.',
  subject: 'event with a cause',
  examine: (view) => {
    // What was redelivered by hand comes later than what followed it.
    const redriven = new Set((view.history.deadLetters ?? []).map(({ event }) => event?.id));
    const pairs = view.distinct.flatMap((effect): Pair[] => {
      const cause = effect.causationId === null ? undefined : view.event(effect.causationId);
      if (!cause || effect.type === runProgressed || redriven.has(cause.id)) return [];
      return isPlatforms(effect) ? [[cause, effect]] : [];
    });
    const circular = pairs.filter(
      ([cause, { topic, partition, offset }]) =>
        cause.topic === topic && cause.partition === partition && cause.offset >= offset,
    );
    return {
      checked: pairs.length,
      violations: [
        ...circular.map(([cause, effect]) => violation(`event ${effect.id}: lies before its cause`, [cause, effect])),
        ...overtaking(pairs).map(([cause, effect]) =>
          violation(`event ${effect.id}: effects of ${placeOf(cause)} are out of order`, [cause, effect]),
        ),
      ],
    };
  },
});

const ofCycles: ReadonlySet<string> = new Set([topics.cycles.name, topics.runs.name, topics.versions.name]);

function isOfCycle({ topic, type, data }: ObservedEvent): boolean {
  const { kind } = data as { kind?: string };
  return ofCycles.has(baseTopic(topic)) || (type === rolloutStartedV1.type && kind === 'promotion');
}

const oneCorrelationPerCycle = eventInvariant({
  name: 'one-correlation-per-cycle',
  promise: 'Everything that belongs to a cycle carries its one correlation id.',
  subject: 'cycle',
  examine: (view) => {
    const events = view.distinct.filter((event) => isPlatforms(event) && isOfCycle(event));
    const cycles = groupBy(
      events.filter(({ data }) => typeof (data as { cycleId?: unknown }).cycleId === 'string'),
      ({ data }) => (data as { cycleId: string }).cycleId,
    );
    const violations = [...cycles].flatMap(([cycleId, own]) => {
      const ids = [...new Set(own.map(({ correlationId }) => correlationId))];
      const shown = ids.flatMap((id) => own.find(({ correlationId }) => correlationId === id) ?? []);
      return ids.length > 1 ? [violation(`${cycleId}: ${ids.length} correlation ids: ${ids.join(', ')}`, shown)] : [];
    });
    return { checked: cycles.size, violations };
  },
});

export const eventInvariants = [
  factsToldOnce,
  oneEventPerId,
  keysKeepOrder,
  causesExist,
  causeBeforeEffect,
  oneCorrelationPerCycle,
];
