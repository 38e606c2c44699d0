import {
  alertRaisedV1,
  alertResolvedV1,
  attemptsExhaustedV1,
  batchPreparedV1,
  cycleStartedV1,
  modelJudgedV1,
  modelKeptV1,
  notificationSentV1,
  retrainingRequestedV1,
  rolloutStartedV1,
  runCompletedV1,
  runFailedV1,
  runStartedV1,
  versionApprovedV1,
  versionRegisteredV1,
  viewUpdatedV1,
} from '@perennial/contracts';
import type { OutboxContent } from '../documents/documents';
import type { History, ObservedEvent } from '../history/history';
import type { DayRows } from '../history/row.account';
import {
  alterData,
  alterDocument,
  alterEvent,
  documentsOf,
  dropDocument,
  dropEvent,
  type Mutation,
  type Pick,
  rightBehind,
  tellAgain,
  typed,
  withDocuments,
} from './mutation';

const one = { count: 1, examples: ['a'] };

const rowMutation = (name: string, change: Partial<DayRows>): Mutation => ({
  name,
  breaks: ['accepted-rows-stored-once'],
  apply: (history, pick) => {
    const target = pick(history.rows?.length ?? 0);
    return {
      ...history,
      rows: (history.rows ?? []).map((rows, index) => (index === target ? { ...rows, ...change } : rows)),
    };
  },
});

const rows: readonly Mutation[] = [
  rowMutation('a row is lost', { lost: one }),
  rowMutation('a row is stored twice', { repeated: one }),
  rowMutation('a row is stored that nobody pushed', { foreign: one }),
  rowMutation('a file holds fewer rows than announced', { miscounted: one }),
  {
    name: 'a row in quarantine has no reason',
    breaks: ['quarantined-rows-have-reasons'],
    apply: (history) => ({ ...history, quarantine: { records: 3, unexplained: one } }),
  },
  {
    name: 'a file has other bytes than announced',
    breaks: ['files-match-their-digests'],
    apply: (history) => ({ ...history, files: { read: 3, damaged: one } }),
  },
  {
    name: 'a row lies in the wrong part of its day',
    breaks: ['verdict-on-held-out-rows'],
    apply: (history, pick) => {
      const target = pick(history.splits?.length ?? 0);
      const splits = (history.splits ?? []).map((split, at) => (at === target ? { ...split, misplaced: one } : split));
      return { ...history, splits };
    },
  },
];

/** Told a second time: the topic then holds more than the outbox gave out, and the fact twice. */
const toldAgain = ['topics-match-outboxes'];
/** Told by nobody though committed. */
const lost = ['outbox-entries-published', 'topics-match-outboxes'];

const handled = (history: History, event: ObservedEvent): boolean =>
  (history.groups ?? []).some(({ handles }) => handles.includes(event.type));

const cycles: readonly Mutation[] = [
  {
    name: 'a second cycle of a day',
    breaks: [...toldAgain, 'one-cycle-per-day', 'one-end-per-cycle'],
    apply: tellAgain(typed(cycleStartedV1)),
  },
  {
    name: 'a day without a cycle',
    breaks: [...lost, 'one-cycle-per-day', 'one-end-per-cycle'],
    apply: dropEvent(typed(cycleStartedV1)),
  },
  {
    name: 'an attempt number is left out',
    breaks: ['bounded-attempts'],
    apply: alterData(
      typed(retrainingRequestedV1, ({ attempt }) => attempt === 1),
      () => ({ attempt: 2 }),
    ),
  },
  {
    name: 'more attempts than declared',
    breaks: ['bounded-attempts'],
    apply: alterData(
      typed(retrainingRequestedV1, ({ attempt }) => attempt === 3),
      () => ({ maxAttempts: 2 }),
    ),
  },
  {
    name: 'a fourth attempt',
    breaks: [
      'bounded-attempts',
      'one-end-per-cycle',
      'documents-match-events',
      'one-result-per-run',
      ...toldAgain,
      'offsets-behind-effects',
    ],
    apply: tellAgain(
      typed(retrainingRequestedV1, ({ attempt }) => attempt === 3),
      (event) => ({
        ...event,
        offset: -1,
        data: { ...(event.data as object), attempt: 4, maxAttempts: 4, runId: 'x' },
      }),
    ),
  },
  {
    name: 'a cycle that does not end',
    breaks: [...lost, 'one-end-per-cycle', 'documents-match-events'],
    apply: dropEvent(typed(modelKeptV1, ({ cycleId }) => cycleId.endsWith('03'))),
  },
  {
    name: 'a run with two results',
    breaks: [...toldAgain, 'one-result-per-run'],
    apply: tellAgain(typed(runCompletedV1)),
  },
  {
    name: 'an attempt is asked for before the one before it has failed',
    breaks: [...lost, 'attempts-follow-results', 'documents-match-events', 'one-result-per-run'],
    apply: dropEvent(typed(runFailedV1)),
  },
  {
    name: 'a run is taken up twice under one claim',
    breaks: [...toldAgain, 'facts-told-once'],
    apply: tellAgain(typed(runStartedV1)),
  },
  {
    name: 'a cycle stored with another end',
    breaks: ['documents-match-events'],
    apply: alterDocument(
      /^evaluation_cycles$/,
      ({ status }: { status: string }) => status === 'kept',
      () => ({ status: 'skipped' }),
    ),
  },
];

const verdicts: readonly Mutation[] = [
  {
    name: 'all models of a cycle are judged on fewer rows',
    breaks: ['verdict-on-held-out-rows'],
    apply: alterData(
      typed(modelJudgedV1, ({ cycleId }) => cycleId === 'p/2026-03-03'),
      () => ({ holdoutRows: 1 }),
    ),
  },
  {
    name: 'a candidate is judged on other rows than the incumbent',
    breaks: ['verdict-on-held-out-rows', 'same-holdout-for-all'],
    apply: alterData(
      typed(modelJudgedV1, ({ role, cycleId }) => role === 'candidate' && cycleId.endsWith('05')),
      () => ({
        holdoutRows: 1000,
      }),
    ),
  },
  {
    name: 'a candidate is trained on held-out rows',
    breaks: ['verdict-on-held-out-rows'],
    apply: alterData(typed(runStartedV1), ({ trainRows }: { trainRows: number }) => ({ trainRows: trainRows + 1 })),
  },
  {
    name: 'a model is kept though it failed',
    breaks: ['decisions-follow-verdicts'],
    apply: alterData(
      typed(modelJudgedV1, ({ cycleId, verdict }) => cycleId === 'p/2026-03-03' && verdict.passed),
      () => ({
        verdict: { passed: false },
      }),
    ),
  },
  {
    name: 'another model is promoted than was judged',
    breaks: ['decisions-follow-verdicts'],
    apply: alterData(
      typed(modelJudgedV1, ({ verdict, role }) => role === 'candidate' && verdict.passed),
      () => ({
        model: { artifact: { digest: 'sha256:other' } },
      }),
    ),
  },
];

const alerts: readonly Mutation[] = [
  {
    name: 'an exhausted cycle alerts nobody',
    breaks: ['alert-exactly-when-exhausted', 'documents-match-events'],
    apply: dropDocument(/^alerts$/),
  },
  {
    name: 'an alert without an exhausted cycle',
    breaks: [
      ...toldAgain,
      'alert-exactly-when-exhausted',
      'alerts-resolved-on-recovery',
      'documents-match-events',
      'one-page-per-incident',
    ],
    apply: tellAgain(
      typed(alertRaisedV1, ({ pipeline }) => pipeline === 'p'),
      (event) => ({
        ...event,
        data: { ...(event.data as object), alertId: 'x', dedupKey: 'p/2026-03-03' },
      }),
    ),
  },
  {
    name: 'an alert is not resolved',
    breaks: [...lost, 'alerts-resolved-on-recovery', 'one-page-per-incident'],
    apply: dropEvent(typed(alertResolvedV1)),
  },
  {
    name: 'an alert is resolved by a day that was exhausted too',
    breaks: ['alerts-resolved-on-recovery'],
    apply: alterData(typed(alertResolvedV1), () => ({ resolvedBy: 'p/2026-03-06' })),
  },
  {
    name: 'a channel is told twice',
    breaks: [...toldAgain, 'alerts-told-once'],
    apply: tellAgain(typed(notificationSentV1)),
  },
  {
    name: 'nobody is paged',
    breaks: ['one-page-per-incident'],
    apply: (history, pick) => {
      const keys = (history.pages ?? []).map(({ dedup_key: key }) => key);
      const target = keys[pick(keys.length)];
      return { ...history, pages: (history.pages ?? []).filter(({ dedup_key: key }) => key !== target) };
    },
  },
  {
    name: 'a pager rings again',
    breaks: ['one-page-per-incident'],
    apply: (history) => {
      const over = history.pages?.find(({ event_action: action }) => action === 'resolve');
      if (!over) return null;
      const pages = (['trigger', 'resolve'] as const).map((action) => ({ ...over, event_action: action }));
      return { ...history, pages: [...history.pages!, ...pages] };
    },
  },
  {
    name: 'a page without an alert',
    breaks: ['one-page-per-incident'],
    apply: (history) => ({
      ...history,
      pages: [...(history.pages ?? []), { event_action: 'trigger', dedup_key: 'x' }],
    }),
  },
];

const servedElsewhere = (history: History, version: string, pick: Pick): History | null => {
  const target = pick(history.serving?.length ?? 0);
  if (!history.serving?.length) return null;
  return {
    ...history,
    serving: history.serving.map((each, index) => (index === target ? { ...each, version } : each)),
  };
};

const serving: readonly Mutation[] = [
  {
    name: 'a version is rolled out that nobody approved',
    breaks: [...lost, 'served-version-approved'],
    apply: dropEvent(typed(versionApprovedV1)),
  },
  {
    name: 'a replica serves an unknown version',
    breaks: ['served-version-approved', 'replicas-converge'],
    apply: (history, pick) => servedElsewhere(history, '19990101_000000', pick),
  },
  {
    name: 'a replica serves nothing',
    breaks: ['replicas-converge'],
    apply: (history, pick) => servedElsewhere(history, null as never, pick),
  },
  {
    name: 'an unapproved version answered',
    breaks: ['served-version-approved'],
    apply: (history) => {
      const [first, ...rest] = history.served ?? [];
      return first ? { ...history, served: [{ ...first, version: 'x' }, ...rest] } : null;
    },
  },
  {
    name: 'the deployer names another version than the registry',
    breaks: ['services-agree-on-serving'],
    apply: alterDocument(
      /^serving_models$/,
      () => true,
      () => ({ version: 'x' }),
    ),
  },
  {
    name: 'two versions are in production',
    breaks: ['services-agree-on-serving'],
    apply: alterDocument(
      /^model_metadata$/,
      ({ state }: { state: string }) => state === 'archived',
      () => ({ state: 'production' }),
    ),
  },
  {
    name: 'a rollout number is left out',
    breaks: ['rollouts-in-order'],
    apply: alterData(typed(rolloutStartedV1), ({ sequence }: { sequence: number }) => ({ sequence: sequence + 10 })),
  },
  {
    name: 'a rollout starts twice',
    breaks: [...toldAgain, 'facts-told-once', 'rollouts-in-order'],
    apply: tellAgain(typed(rolloutStartedV1), rightBehind),
  },
];

const versions: readonly Mutation[] = [
  {
    name: 'a version is registered twice',
    breaks: [...toldAgain, 'versions-registered-once'],
    apply: tellAgain(typed(versionRegisteredV1)),
  },
  {
    name: 'a version is missing in the registry',
    breaks: ['versions-registered-once'],
    apply: dropDocument(/^model_metadata$/, ({ content }) => (content as { state: string }).state === 'archived'),
  },
  {
    name: 'a version was made from another artifact',
    breaks: ['lineage-complete'],
    apply: alterData(typed(versionRegisteredV1), () => ({ artifact: { digest: 'sha256:other' } })),
  },
  {
    name: 'a version is approved twice',
    breaks: [...toldAgain, 'approvals-have-evidence', 'offsets-behind-effects'],
    apply: tellAgain(typed(versionApprovedV1), (event) => ({ ...event, offset: -1 })),
  },
  {
    name: 'an approval rests on nothing',
    breaks: ['approvals-have-evidence'],
    apply: alterDocument(
      /^model_metadata$/,
      () => true,
      () => ({ history: [{ state: 'approved', by: 'a', evidence: null }] }),
    ),
  },
];

const platform: readonly Mutation[] = [
  {
    name: 'a batch is told of twice',
    breaks: [...toldAgain, 'facts-told-once', 'offsets-behind-effects'],
    apply: tellAgain(typed(viewUpdatedV1), rightBehind),
  },
  {
    name: 'an event comes from no outbox',
    breaks: toldAgain,
    apply: tellAgain(typed(attemptsExhaustedV1), (event) => ({
      ...event,
      type: 'perennial.evaluation.v1.made-up',
    })),
  },
  {
    name: 'a delivery differs from the first one',
    breaks: ['one-event-per-id'],
    apply: (history, pick) => {
      const events = history.events ?? [];
      const first = events[pick(events.length)];
      return first ? { ...history, events: [...events, { ...first, key: `${first.key} `, offset: 1_000_000 }] } : null;
    },
  },
  {
    name: 'a cause does not exist',
    breaks: ['causes-exist'],
    apply: alterEvent(typed(batchPreparedV1), (event) => ({ ...event, causationId: 'nobody' })),
  },
  {
    name: 'an event that must have a cause names none',
    breaks: ['causes-exist'],
    apply: alterEvent(typed(viewUpdatedV1), (event) => ({ ...event, causationId: null })),
  },
  {
    name: 'a cycle changes its correlation id',
    breaks: ['one-correlation-per-cycle'],
    apply: alterEvent(typed(runCompletedV1), (event) => ({ ...event, correlationId: 'another' })),
  },
  {
    name: 'an event has the key of something else',
    breaks: ['keys-keep-their-partition', 'topics-match-outboxes'],
    apply: alterEvent(typed(versionRegisteredV1), (event) => ({ ...event, key: 'another' })),
  },
  {
    name: 'two days of a dataset overtake each other',
    breaks: ['effects-keep-the-order-of-causes', 'outbox-order-kept'],
    apply: (history) => {
      const [first, second] = (history.events ?? []).filter(typed(batchPreparedV1));
      if (!first || !second || first.key !== second.key) return null;
      const moved = (event: ObservedEvent) => {
        if (event === first) return { ...event, offset: second.offset };
        return event === second ? { ...event, offset: first.offset } : event;
      };
      return { ...history, events: (history.events ?? []).map(moved) };
    },
  },
  {
    name: 'an outbox entry is not published',
    breaks: ['outbox-drains'],
    apply: alterDocument(
      /_outbox$/,
      () => true,
      () => ({ publishedAt: null }),
    ),
  },
  {
    name: 'an outbox number is left out',
    breaks: ['outbox-entries-published'],
    apply: (history, pick) => {
      const entries = documentsOf(history, 'evaluator_outbox');
      const placed = entries.map((entry) => ({ entry, ...(entry.content as OutboxContent) }));
      const middle = placed.filter(
        ({ lane, sequence }) => sequence === 2 && placed.some((other) => other.lane === lane && other.sequence === 3),
      );
      const target = middle[pick(middle.length)]?.entry;
      return target
        ? withDocuments(
            history,
            'evaluator_outbox',
            entries.filter((entry) => entry !== target),
          )
        : null;
    },
  },
  {
    name: 'a published event is not on its topic',
    breaks: lost,
    apply: (history, pick) =>
      dropEvent((event) => event.type === notificationSentV1.type && !handled(history, event))(history, pick),
  },
  {
    name: 'a position lies behind its sequence',
    breaks: ['outbox-drains'],
    apply: alterDocument(
      /_outbox_positions$/,
      () => true,
      ({ published }: { published: number }) => ({ published: published - 1 }),
    ),
  },
  {
    name: 'an event is passed without an effect',
    breaks: ['offsets-behind-effects'],
    apply: dropDocument(/_inbox$/),
  },
  {
    name: 'a good event is a dead letter',
    breaks: ['no-dead-letters-without-poison'],
    apply: (history) => {
      const event = history.events?.find(typed(runStartedV1));
      if (!event) return null;
      const letter = { ...event, group: 'evaluator', code: 'HANDLER_FAILED', message: 'm', event };
      return { ...history, deadLetters: [letter] };
    },
  },
  {
    name: 'a save overwrites another',
    breaks: ['no-lost-updates'],
    apply: (history, pick) => {
      const changes = history.changes ?? [];
      const target = changes[pick(changes.length)];
      if (!target) return null;
      return { ...history, changes: changes.flatMap((change) => (change === target ? [change, change] : [change])) };
    },
  },
  {
    name: 'an ended cycle ends anew',
    breaks: ['ended-cycles-stay-ended'],
    apply: (history) => {
      const last = (history.changes ?? []).filter(({ collection }) => collection === 'evaluation_cycles').at(-1);
      if (!last?.after) return null;
      const after = { ...last.after, revision: (last.after.revision ?? 0) + 1, content: { status: 'improving' } };
      return { ...history, changes: [...history.changes!, { ...last, before: last.after, after }] };
    },
  },
];

export const mutations: readonly Mutation[] = [
  ...rows,
  ...cycles,
  ...verdicts,
  ...alerts,
  ...serving,
  ...versions,
  ...platform,
];
