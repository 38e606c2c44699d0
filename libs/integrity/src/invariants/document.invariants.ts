import {
  alertRaisedV1,
  attemptsExhaustedV1,
  cycleSkippedV1,
  type EventContract,
  modelKeptV1,
  modelPromotedV1,
  retrainingRequestedV1,
  runCompletedV1,
  runFailedV1,
} from '@perennial/contracts';
import { eventInvariant } from '../checking/event.invariant';
import { groupBy } from '../checking/grouping';
import type { HistoryView } from '../checking/history.view';
import { conclude, type Invariant, type Violation, unobserved, violation } from '../checking/invariant';
import type { CycleContent } from '../documents/documents';
import type { DocumentChange, ObservedDocument } from '../history/history';

const endOf: Readonly<Record<string, EventContract<never>>> = {
  kept: modelKeptV1 as never,
  promoted: modelPromotedV1 as never,
  exhausted: attemptsExhaustedV1 as never,
  skipped: cycleSkippedV1 as never,
  completed: runCompletedV1 as never,
  failed: runFailedV1 as never,
};

interface Told {
  readonly cycleId: string;
  readonly runId: string;
  readonly alertId: string;
}

/** Documents whose state says that something ended, without the one event that tells so. */
function untold(
  view: HistoryView,
  collection: string,
  field: keyof Told,
  stateOf: (content: object) => string,
): Violation[] {
  return (view.documents(collection) ?? []).flatMap(({ id, content }): Violation[] => {
    const contract = endOf[stateOf(content)];
    if (!contract || view.truncated(contract.topic.name)) return [];
    const told = view.of<Told>(contract as never).some(({ data }) => data[field] === id);
    return told ? [] : [violation(`${id}: ${stateOf(content)}, and no event tells it`, [], [`${collection}/${id}`])];
  });
}

/** Events that end something, whose document says otherwise. */
function unkept(
  view: HistoryView,
  collection: string,
  field: keyof Told,
  states: readonly string[],
  stateOf: (content: object) => string,
) {
  const documents = view.documents(collection);
  if (!documents) return [];
  const states_ = new Map(documents.map(({ id, content }) => [id, stateOf(content)]));
  return states.flatMap((state) =>
    view
      .of<Told>(endOf[state] as never)
      .filter(({ data }) => states_.get(data[field]) !== state)
      .map((event) => {
        const found = states_.get(event.data[field]);
        return violation(`${event.data[field]}: told to be ${state}, stored as ${found ?? 'nothing'}`, [event]);
      }),
  );
}

const statusOf = (content: object): string => (content as CycleContent).status;
const runStateOf = (content: object): string => (content as { state: string }).state;

function alertsDiffer(view: HistoryView): Violation[] {
  const documents = view.documents('alerts');
  if (!documents) return [];
  const held = new Set(documents.map(({ id }) => id));
  return view
    .of(alertRaisedV1)
    .filter(({ data }) => !held.has(data.alertId))
    .map((event) => violation(`alert ${event.data.alertId}: raised, but not stored`, [event]));
}

function attemptsDiffer(view: HistoryView): Violation[] {
  const requests = groupBy(view.of(retrainingRequestedV1), ({ data }) => data.cycleId);
  if (view.truncated(retrainingRequestedV1.topic.name)) return [];
  return (view.documents('evaluation_cycles') ?? []).flatMap(({ id, content }) => {
    const { attempts = [] } = content as { attempts?: readonly unknown[] };
    const told = requests.get(id) ?? [];
    if (attempts.length === told.length) return [];
    return [
      violation(`${id}: ${attempts.length} attempts stored, ${told.length} asked for`, told, [
        `evaluation_cycles/${id}`,
      ]),
    ];
  });
}

const read = ['evaluation_cycles', 'training_runs', 'alerts'] as const;

const documentsMatchEvents = eventInvariant({
  name: 'documents-match-events',
  promise: 'At rest what is stored of cycles, runs and alerts is what their events tell.',
  subject: 'document',
  examine: (view) => {
    const found = read.filter((collection) => view.documents(collection));
    if (found.length === 0) return 'the documents were not read';
    if (!view.history.atRest) return 'the installation is not at rest';
    const violations = [
      ...untold(view, 'evaluation_cycles', 'cycleId', statusOf),
      ...untold(view, 'training_runs', 'runId', runStateOf),
      ...unkept(view, 'evaluation_cycles', 'cycleId', ['kept', 'promoted', 'exhausted', 'skipped'], statusOf),
      ...unkept(view, 'training_runs', 'runId', ['completed', 'failed'], runStateOf),
      ...attemptsDiffer(view),
      ...alertsDiffer(view),
    ];
    const checked = found.reduce((sum, collection) => sum + (view.documents(collection)?.length ?? 0), 0);
    return { checked, violations };
  },
});

const nameOf = ({ collection, id }: DocumentChange): string => `${collection}/${id}`;
const revisionOf = (document: ObservedDocument | null | undefined): number => document?.revision ?? 0;
const isCounted = ({ before, after }: DocumentChange): boolean =>
  (before ?? after)?.revision !== null && after !== null;

/** A save that another did not see would leave a number out or give one twice. */
const revisionsGrow: Invariant = {
  name: 'no-lost-updates',
  promise: 'Every save of a document counts its revision up by one from the revision that was there.',
  check: ({ history: { changes } }) => {
    if (!changes) return unobserved('the changes of documents were not watched');
    const counted = changes.filter(isCounted);
    const violations = [...groupBy(counted, nameOf)].flatMap(([name, own]) =>
      own.flatMap((change, index): Violation[] => {
        const expected = index === 0 ? revisionOf(change.before) : revisionOf(own[index - 1]!.after);
        if (revisionOf(change.after) === expected + 1) return [];
        return [violation(`${name}: revision ${revisionOf(change.after)} after ${expected}`, [], [name])];
      }),
    );
    return conclude(counted.length, violations, 'change of a document with a revision');
  },
};

const endedStaysEnded: Invariant = {
  name: 'ended-cycles-stay-ended',
  promise: 'A cycle that has ended never changes its end.',
  check: ({ history: { changes } }) => {
    if (!changes) return unobserved('the changes of documents were not watched');
    const ended = changes.filter(({ collection, before }) => {
      return collection === 'evaluation_cycles' && before !== null && statusOf(before.content) in endOf;
    });
    const all = changes.filter(({ collection }) => collection === 'evaluation_cycles');
    const violations = ended
      .filter(({ before, after }) => !after || statusOf(after.content) !== statusOf(before!.content))
      .map((change) => violation(`${change.id}: changed after its end`, [], [nameOf(change)]));
    return conclude(all.length, violations, 'change of a cycle');
  },
};

export const documentInvariants: readonly Invariant[] = [documentsMatchEvents, revisionsGrow, endedStaysEnded];
