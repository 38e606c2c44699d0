import {
  cycleStartedV1,
  modelKeptV1,
  retrainingRequestedV1,
  runCompletedV1,
  runFailedV1,
  runStartedV1,
} from '@perennial/contracts';
import { alterData, alterDocument, dropEvent, type Mutation, tellAgain, typed, lost, toldAgain } from './mutation';

export const cycleMutations: readonly Mutation[] = [
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
