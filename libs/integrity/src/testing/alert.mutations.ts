import { alertRaisedV1, alertResolvedV1, notificationSentV1 } from '@perennial/contracts';
import { alterData, dropDocument, dropEvent, type Mutation, tellAgain, typed, lost, toldAgain } from './mutation';

export const alertMutations: readonly Mutation[] = [
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
