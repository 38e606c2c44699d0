import {
  attemptsExhaustedV1,
  cycleSkippedV1,
  cycleStartedV1,
  modelJudgedV1,
  modelKeptV1,
  modelPromotedV1,
  retrainingRequestedV1,
  runCompletedV1,
  runFailedV1,
  viewUpdatedV1,
} from '@perennial/contracts';
import { eventInvariant, limit } from '../checking/event.invariant';
import { groupBy } from '../checking/grouping';
import type { HistoryView, TypedEvent } from '../checking/history.view';
import { type Violation, violation } from '../checking/invariant';
import type { CycleContent } from '../documents/documents';

const endings: ReadonlySet<string> = new Set(
  [modelKeptV1, modelPromotedV1, attemptsExhaustedV1, cycleSkippedV1].map(({ type }) => type),
);
const attemptsAtMost = 3;

type CycleEvent = TypedEvent<{ readonly cycleId: string }>;

const steps = [cycleStartedV1, modelJudgedV1, retrainingRequestedV1, modelKeptV1, modelPromotedV1];

/** What the evaluator said of each cycle, in the order of its partition. */
export function cyclesOf(view: HistoryView): Map<string, CycleEvent[]> {
  const types = new Set([...endings, ...steps.map(({ type }) => type)]);
  const said = view.distinct.filter(({ type }) => types.has(type)) as CycleEvent[];
  const cycles = groupBy(said, ({ data }) => data.cycleId);
  for (const events of cycles.values()) events.sort((a, b) => (a.partition === b.partition ? a.offset - b.offset : 0));
  return cycles;
}

export const hasEnded = (events: readonly CycleEvent[]): boolean => events.some(({ type }) => endings.has(type));

/** Days of which the data is ready, for each pipeline that is known to read it. */
function readyDays(view: HistoryView): { cycleId: string; event: TypedEvent<unknown> }[] {
  return view.of(viewUpdatedV1).flatMap((event) => {
    const { dataset, day, correctionOf } = event.data;
    if (correctionOf !== null) return [];
    const readers = view.history.pipelines.filter(
      (pipeline) => pipeline.dataset === dataset && (pipeline.since === undefined || event.time >= pipeline.since),
    );
    return readers.map(({ name }) => ({ cycleId: `${name}/${day}`, event }));
  });
}

const oneCyclePerDay = eventInvariant({
  name: 'one-cycle-per-day',
  promise: 'Each day of a pipeline whose data is ready has exactly one improvement cycle.',
  subject: 'cycle',
  examine: (view) => {
    const started = groupBy(view.of(cycleStartedV1), ({ data }) => `${data.pipeline}/${data.day}`);
    const repeated = [...started]
      .filter(([, events]) => events.length > 1)
      .map(([day, events]) => violation(`${day}: ${events.length} cycles started`, events));
    const misnamed = [...started].flatMap(([day, events]) =>
      events
        .filter(({ data }) => data.cycleId !== day)
        .map((event) => violation(`${day}: called ${event.data.cycleId}`, [event])),
    );
    const ready = readyDays(view);
    const without = view.truncated(cycleStartedV1.topic.name)
      ? []
      : ready.filter(({ cycleId }) => !started.has(cycleId));
    const missing = without.map(({ cycleId, event }) => violation(`${cycleId}: no cycle started`, [event]));
    const readyIds = new Set(ready.map(({ cycleId }) => cycleId));
    const early = view.truncated(viewUpdatedV1.topic.name)
      ? []
      : [...started].filter(([day, [event]]) => view.facts(event!.data.pipeline) && !readyIds.has(day));
    const unfounded = early.map(([day, events]) => violation(`${day}: a cycle without data that is ready`, events));
    const { atRest } = view.history;
    return {
      checked: started.size,
      violations: [...repeated, ...misnamed, ...unfounded, ...(atRest ? missing : [])],
      limits: atRest
        ? []
        : limit(
            without.map(({ cycleId }) => cycleId),
            'not started yet',
          ),
    };
  },
});

const boundedAttempts = eventInvariant({
  name: 'bounded-attempts',
  promise: 'A cycle asks for at most as many attempts as declared, never above three, each once and in order.',
  subject: 'attempt',
  examine: (view) => {
    const cycles = groupBy(view.of(retrainingRequestedV1), ({ data }) => data.cycleId);
    const violations = [...cycles].flatMap(([cycleId, requests]): Violation[] => {
      const numbers = requests.map(({ data }) => data.attempt);
      const allowed = Math.min(attemptsAtMost, ...requests.map(({ data }) => data.maxAttempts));
      const inOrder = numbers.every((number, index) => number === index + 1);
      if (inOrder && numbers.length <= allowed) return [];
      return [violation(`${cycleId}: attempts ${numbers.join(', ')}; allowed are 1 to ${allowed}`, requests)];
    });
    return { checked: view.of(retrainingRequestedV1).length, violations };
  },
});

type OfAttempt = TypedEvent<{ readonly cycleId: string; readonly attempt: number }>;

/** Attempts of which something ended: a failure, a candidate, its judgement, or a deadline that passed. */
function attemptsOver(view: HistoryView): Set<string> {
  const over = new Set<string>();
  const judged = view.of(modelJudgedV1).filter(({ data }) => data.role === 'candidate');
  for (const { data } of [...view.of(runFailedV1), ...view.of(runCompletedV1), ...judged] as OfAttempt[]) {
    over.add(`${data.cycleId} ${data.attempt}`);
  }
  for (const { data } of view.of(attemptsExhaustedV1)) {
    for (const { attempt, failure } of data.attempts) if (failure !== null) over.add(`${data.cycleId} ${attempt}`);
  }
  for (const { id, content } of view.documents('evaluation_cycles') ?? []) {
    const { attempts = [] } = content as CycleContent;
    for (const { attempt, failure } of attempts) if (failure) over.add(`${id} ${attempt}`);
  }
  return over;
}

const attemptsFollowResults = eventInvariant({
  name: 'attempts-follow-results',
  promise: 'A further attempt is asked for only after the one before has given a result, or its deadline has passed.',
  subject: 'further attempt',
  examine: (view) => {
    const further = view.of(retrainingRequestedV1).filter(({ data }) => data.attempt > 1);
    const over = attemptsOver(view);
    const early = further.filter(({ data }) => !over.has(`${data.cycleId} ${data.attempt - 1}`));
    if (early.length > 0 && view.truncated(runCompletedV1.topic.name)) return 'the results of runs were removed';
    if (early.length > 0 && !view.documents('evaluation_cycles')) return 'the deadlines of attempts were not read';
    const violations = early.map((event) => {
      const { cycleId, attempt } = event.data;
      return violation(`${cycleId}: attempt ${attempt} without a result of attempt ${attempt - 1}`, [event]);
    });
    return { checked: further.length, violations };
  },
});

const oneEndPerCycle = eventInvariant({
  name: 'one-end-per-cycle',
  promise: 'Each cycle begins, ends exactly once, and says nothing after its end.',
  subject: 'cycle',
  examine: (view) => {
    const cycles = cyclesOf(view);
    const running: string[] = [];
    const truncated = view.truncated(cycleStartedV1.topic.name);
    const violations = [...cycles].flatMap(([cycleId, said]): Violation[] => {
      const ends = said.filter(({ type }) => endings.has(type));
      if (said[0]!.type !== cycleStartedV1.type && !truncated) {
        return [violation(`${cycleId}: does not begin with its start`, said.slice(0, 1))];
      }
      if (ends.length > 1) return [violation(`${cycleId}: ${ends.length} events end it`, ends)];
      const [end] = ends;
      if (!end) {
        running.push(cycleId);
        return view.history.atRest ? [violation(`${cycleId}: does not end`, said.slice(-1))] : [];
      }
      const after = said.slice(said.indexOf(end) + 1);
      return after.length === 0 ? [] : [violation(`${cycleId}: goes on after its end`, after)];
    });
    return { checked: cycles.size, violations, limits: limit(running, 'still running') };
  },
});

const runsOf = (view: HistoryView) => [...view.of(runCompletedV1), ...view.of(runFailedV1)];

const oneResultPerRun = eventInvariant({
  name: 'one-result-per-run',
  promise: 'Each training run was asked for and has exactly one result.',
  subject: 'training run',
  examine: (view) => {
    const results = groupBy(runsOf(view) as TypedEvent<{ runId: string }>[], ({ data }) => data.runId);
    const requests = new Map(view.of(retrainingRequestedV1).map((event) => [event.data.runId, event]));
    const repeated = [...results]
      .filter(([, events]) => events.length > 1)
      .map(([runId, events]) => violation(`${runId}: ${events.length} results`, events));
    const unasked = view.truncated(retrainingRequestedV1.topic.name)
      ? []
      : [...results].filter(([runId]) => !requests.has(runId));
    const pending = [...requests.values()].filter(({ data }) => !results.has(data.runId));
    const open = view.truncated(runCompletedV1.topic.name) ? [] : pending;
    const without = open.map((event) => violation(`${event.data.runId}: no result`, [event]));
    return {
      checked: new Set([...results.keys(), ...requests.keys()]).size,
      violations: [
        ...repeated,
        ...unasked.map(([runId, events]) => violation(`${runId}: nobody asked for it`, events)),
        ...(view.history.atRest ? without : []),
      ],
      limits: view.history.atRest
        ? []
        : limit(
            open.map(({ data }) => data.runId),
            'still trains',
          ),
    };
  },
});

export const cycleInvariants = [
  oneCyclePerDay,
  boundedAttempts,
  attemptsFollowResults,
  oneEndPerCycle,
  oneResultPerRun,
];
