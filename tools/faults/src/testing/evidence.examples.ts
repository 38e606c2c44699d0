import {
  attemptsExhaustedV1,
  cycleStartedV1,
  modelKeptV1,
  modelPromotedV1,
  retrainingRequestedV1,
  runCompletedV1,
  versionRegisteredV1,
  viewUpdatedV1,
} from '@perennial/contracts';
import type { Evidence } from '../evidence/evidence';
import type { HistoryEvent } from '../evidence/history.event';

const types = {
  started: cycleStartedV1,
  requested: retrainingRequestedV1,
  completed: runCompletedV1,
  promoted: modelPromotedV1,
  kept: modelKeptV1,
  exhausted: attemptsExhaustedV1,
  registered: versionRegisteredV1,
  updated: viewUpdatedV1,
};

/** An event with the fields that the invariants look at; its id says what it is. */
export function event(kind: keyof typeof types, id: string, data: object): HistoryEvent {
  return { id, type: types[kind].type, time: '2026-03-02T00:00:00.000Z', position: `topic/0/${id}`, data };
}

const onDay = (day: string, more: object = {}) => ({ cycleId: `p/${day}`, day, ...more });

/** Of a scenario in which all went well: one day that is improved, one that pages and is recovered from. */
export const goodEvents: readonly HistoryEvent[] = [
  event('updated', 'u1', { view: 'p', batchId: 'p/d1' }),
  event('started', 's1', onDay('d1')),
  event('requested', 'r1', onDay('d1', { attempt: 1 })),
  event('completed', 'c1', { cycleId: 'p/d1', runId: 'p.d1.1' }),
  event('promoted', 'e1', onDay('d1')),
  event('registered', 'v1', { cycleId: 'p/d1', version: '1' }),
  event('started', 's2', onDay('d2')),
  event('requested', 'r2', onDay('d2', { attempt: 1 })),
  event('requested', 'r3', onDay('d2', { attempt: 2 })),
  event('exhausted', 'e2', onDay('d2')),
  event('started', 's3', onDay('d3')),
  event('kept', 'e3', onDay('d3')),
];

export const goodEvidence: Evidence = {
  pipeline: 'p',
  maxAttempts: 3,
  pushed: { d1: ['a', 'b'], d2: ['c'], d3: ['d'] },
  events: goodEvents,
  deadLetters: [],
  stored: [
    { batchId: 'p/d1', day: 'd1', recordIds: ['a', 'b'] },
    { batchId: 'p/d2', day: 'd2', recordIds: ['c'] },
    { batchId: 'p/d3', day: 'd3', recordIds: ['d'] },
  ],
  versions: [{ version: '1', cycleId: 'p/d1' }],
  serving: ['1', '1'],
  pages: [
    { event_action: 'trigger', dedup_key: 'p/d2' },
    { event_action: 'resolve', dedup_key: 'p/d2' },
  ],
};
