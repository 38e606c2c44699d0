import {
  alertRaisedV1,
  alertResolvedV1,
  attemptsExhaustedV1,
  cycleStartedV1,
  type EventContract,
  modelJudgedV1,
  modelKeptV1,
  modelPromotedV1,
  retrainingRequestedV1,
  rolloutCompletedV1,
  rolloutStartedV1,
  runCompletedV1,
  runFailedV1,
  versionApprovedV1,
  versionRegisteredV1,
  viewUpdatedV1,
  batchClosedV1,
} from '@perennial/contracts';
import type { Evidence } from '../evidence/evidence';
import type { HistoryEvent } from '../evidence/history.event';

const types = {
  closed: batchClosedV1,
  updated: viewUpdatedV1,
  started: cycleStartedV1,
  judged: modelJudgedV1,
  requested: retrainingRequestedV1,
  completed: runCompletedV1,
  failed: runFailedV1,
  promoted: modelPromotedV1,
  kept: modelKeptV1,
  exhausted: attemptsExhaustedV1,
  registered: versionRegisteredV1,
  approved: versionApprovedV1,
  rolling: rolloutStartedV1,
  rolled: rolloutCompletedV1,
  raised: alertRaisedV1,
  resolved: alertResolvedV1,
} as unknown as Record<string, EventContract>;

const producers: Readonly<Record<string, string>> = {
  closed: 'ingestion',
  updated: 'feature-store',
  completed: 'trainer',
  failed: 'trainer',
  registered: 'registry',
  approved: 'registry',
  rolling: 'deployer',
  rolled: 'deployer',
  raised: 'alerting',
  resolved: 'alerting',
};

let offset = 0;

/** An event with the fields that the invariants look at; its id says what it is. All lie on one partition, in order. */
export function event(
  kind: keyof typeof types,
  id: string,
  data: object,
  causationId: string | null = 'b1',
): HistoryEvent {
  const contract = types[kind]!;
  offset += 1;
  const place = { topic: contract.topic.name, partition: 0, offset, key: contract.key(data) };
  const source = `/perennial/${producers[kind] ?? 'evaluator'}`;
  const { cycleId = id } = data as { cycleId?: string };
  const time = new Date(Date.UTC(2026, 2, 2, 0, 0, offset)).toISOString();
  const common = { id, type: contract.type, time, data };
  const observed = { ...common, ...place, source, correlationId: `of ${cycleId}`, causationId };
  return { ...common, position: `${place.topic}/0/${offset}`, observed };
}

const of = (day: string, more: object = {}) => ({ cycleId: `p/${day}`, pipeline: 'p', day, ...more });
const artifact = { digest: 'sha256:1' };
const judged = (day: string, role: string, attempt: number, passed: boolean) =>
  of(day, {
    ...{ role, attempt, holdoutRows: 3, metrics: { f1: { value: 1 } }, verdict: { passed } },
    model: { version: role === 'incumbent' ? '1' : null, artifact },
  });
const alert = { alertId: 'a', pipeline: 'p', dedupKey: 'p/d2' };
const rollout = { rolloutId: 'o1', sequence: 1, pipeline: 'p', version: '1', cycleId: 'p/d1', kind: 'promotion' };
const view = (day: string) => ({
  view: 'p',
  viewVersion: 1,
  dataset: 'p',
  batchId: `p/${day}`,
  day,
  correctionOf: null,
});
const version = { pipeline: 'p', version: '1', cycleId: 'p/d1', runId: 'r.1', artifact };

/** Of a scenario in which all went well: one day that is improved, one that pages and is recovered from. */
export const goodEvents: readonly HistoryEvent[] = [
  event(
    'closed',
    'b1',
    { batchId: 'p/d1', dataset: 'p', day: 'd1', raw: { digest: 'sha256:raw' }, rows: { accepted: 0, quarantined: 0 } },
    null,
  ),
  event('updated', 'u1', view('d1')),
  event('started', 's1', of('d1', { batchId: 'p/d1' })),
  event('requested', 'r1', of('d1', { attempt: 1, maxAttempts: 3, runId: 'r.1' })),
  event('completed', 'c1', { cycleId: 'p/d1', pipeline: 'p', attempt: 1, runId: 'r.1', artifact }),
  event('judged', 'j1', judged('d1', 'candidate', 1, true)),
  event(
    'promoted',
    'e1',
    of('d1', { attempt: 1, candidate: { artifact }, data: { batches: ['p/d1'], raw: [{ digest: 'sha256:raw' }] } }),
  ),
  event('registered', 'v1', { ...version, finetunedFrom: null }),
  event('approved', 'v2', { ...version, approvedBy: 'policy:automatic' }),
  event('rolling', 'o1', rollout),
  event('rolled', 'o2', rollout),
  event('updated', 'u2', view('d2')),
  event('started', 's2', of('d2', { batchId: 'p/d2' })),
  event('judged', 'j2', judged('d2', 'incumbent', 0, false)),
  event('requested', 'r2', of('d2', { attempt: 1, maxAttempts: 2, runId: 'r.2' })),
  event('failed', 'c2', { cycleId: 'p/d2', pipeline: 'p', attempt: 1, runId: 'r.2' }),
  event('requested', 'r3', of('d2', { attempt: 2, maxAttempts: 2, runId: 'r.3' })),
  event('failed', 'c3', { cycleId: 'p/d2', pipeline: 'p', attempt: 2, runId: 'r.3' }),
  event('exhausted', 'e2', of('d2', { attempts: [] })),
  event('raised', 'a1', { ...alert, kind: 'MODEL_PERFORMANCE_FAILURE' }),
  event('updated', 'u3', view('d3')),
  event('started', 's3', of('d3', { batchId: 'p/d3' })),
  event('judged', 'j3', judged('d3', 'incumbent', 0, true)),
  event('kept', 'e3', of('d3', { version: '1' })),
  event('resolved', 'a2', { ...alert, resolvedBy: 'p/d3' }),
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
