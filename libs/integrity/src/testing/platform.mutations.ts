import {
  attemptsExhaustedV1,
  batchPreparedV1,
  notificationSentV1,
  runCompletedV1,
  runStartedV1,
  versionRegisteredV1,
  viewUpdatedV1,
} from '@perennial/contracts';
import type { OutboxContent } from '../documents/documents';
import type { History, ObservedEvent } from '../history/history';
import {
  alterDocument,
  alterEvent,
  documentsOf,
  dropDocument,
  dropEvent,
  type Mutation,
  rightBehind,
  tellAgain,
  typed,
  withDocuments,
  lost,
  toldAgain,
} from './mutation';

const handled = (history: History, event: ObservedEvent): boolean =>
  (history.groups ?? []).some(({ handles }) => handles.includes(event.type));

export const platformMutations: readonly Mutation[] = [
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
