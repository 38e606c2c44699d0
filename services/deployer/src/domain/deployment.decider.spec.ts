import { apply, at, candidate, declared, moment, released, replica } from '../testing/deployment.examples';
import { type Deployment, newDeployment } from './deployment';
import { onApproved, onReplicas, onRollback } from './deployment.decider';
import type { DeploymentEvent } from './deployment.events';
import type { Replica } from './replica';

const atOnce = declared();
/** Without what replicas shall route, of which rollout.traffic.spec.ts tells. */
const told = (events: readonly DeploymentEvent[]) => events.filter(({ type }) => type !== 'traffic-changed');
const toldOf = (decided: ReturnType<typeof onRollback>) =>
  'events' in decided ? { events: told(decided.events) } : decided;
const types = (events: readonly DeploymentEvent[]) => told(events).map(({ type }) => type);
const approve = (state: Deployment, version: string, seconds = 0) =>
  onApproved(state, candidate(version), atOnce, moment(seconds));
const judge = (state: Deployment, replicas: Replica[], seconds: number) =>
  onReplicas(state, replicas, [], atOnce, moment(seconds));
const serving = (state: Deployment, seconds: number, changes: Partial<Replica> = {}) =>
  replica({
    state: 'serving',
    version: state.rollout?.version,
    rolloutId: state.rollout?.rolloutId,
    trafficSequence: state.traffic?.sequence,
    reportedAt: at(seconds),
    ...changes,
  });
const rolling = (from: Deployment, version: string) => apply(from, approve(from, version));

describe('an approved version', () => {
  it('given no deployment, starts the first rollout', () => {
    const [started, ...rest] = told(approve(newDeployment('credit'), 'v1'));
    expect(rest).toEqual([]);
    expect(started).toMatchObject({
      type: 'rollout-started',
      rollout: { version: 'v1', sequence: 1, kind: 'promotion', previous: null, rolloutId: 'rollout-at-0' },
    });
  });

  it('given a serving version, starts the next one with the next sequence', () => {
    expect(told(approve(released('v1', 'v2'), 'v3'))).toMatchObject([
      { type: 'rollout-started', rollout: { version: 'v3', sequence: 3, previous: 'v2' } },
    ]);
  });

  it('given a running rollout, waits, and a later approval takes its place with a record', () => {
    const first = rolling(newDeployment('credit'), 'v1');
    const second = apply(first, approve(first, 'v2'));
    expect(second.waiting?.version).toBe('v2');
    expect(second.rollout?.version).toBe('v1');
    const events = approve(second, 'v3');
    expect(told(events)).toMatchObject([
      { type: 'approval-skipped', version: 'v2', supersededBy: 'v3', cycleId: 'credit/v2' },
      { type: 'approval-queued', candidate: { version: 'v3' } },
    ]);
    expect(apply(second, events).waiting?.version).toBe('v3');
  });

  it.each(['v1', 'v2', 'v3'])('given %s is known already, is not taken twice', (version) => {
    const running = rolling(released('v1'), 'v2');
    expect(approve(apply(running, approve(running, 'v3')), version)).toEqual([]);
  });
});

describe('a running rollout', () => {
  const state = rolling(released('v1'), 'v2');

  it('without replicas, waits however long it takes', () => {
    expect(judge(state, [], 3_600)).toEqual([]);
  });

  it('completes when every expected replica serves it', () => {
    const other = serving(state, 10, { replicaId: 'b' });
    const events = judge(state, [other, serving(state, 10)], 12);
    expect(told(events)).toMatchObject([{ type: 'rollout-completed', replicas: ['a', 'b'] }]);
    expect(apply(state, events)).toMatchObject({
      phase: 'completed',
      serving: 'v2',
      releases: [{}, { version: 'v2' }],
    });
  });

  it('waits for the replica that still serves the old version', () => {
    const old = replica({
      replicaId: 'b',
      state: 'serving',
      version: 'v1',
      rolloutId: 'rollout-of-v1',
      reportedAt: at(10),
    });
    expect(judge(state, [serving(state, 10), old], 12)).toEqual([]);
  });

  it('does not take the same version of an earlier rollout for its own', () => {
    expect(judge(state, [serving(state, 10, { rolloutId: 'rollout-before' })], 12)).toEqual([]);
  });

  it.each([
    ['has been silent for three heartbeats', { reportedAt: at(0) }],
    ['has stopped', { reportedAt: at(14), state: 'stopped' as const }],
  ])('does not wait for a replica that %s', (_, changes) => {
    const gone = replica({ replicaId: 'b', ...changes });
    expect(types(judge(state, [serving(state, 14), gone], 15))).toEqual(['rollout-completed']);
  });

  it('fails at once when a replica cannot load it, and the previous version is rolled out again', () => {
    const { rolloutId } = state.rollout!;
    const failed = replica({
      replicaId: 'b',
      state: 'failed',
      version: 'v1',
      rolloutId,
      error: 'bad file',
      reportedAt: at(3),
    });
    const events = judge(state, [serving(state, 3), failed], 4);
    expect(told(events)).toMatchObject([
      { type: 'rollout-failed', replicas: ['b'], reason: 'b: bad file', restored: 'v1' },
      {
        type: 'rollout-started',
        rollout: { version: 'v1', kind: 'rollback', sequence: 3, previous: 'v1', correlationId: 'correlation-of-v2' },
      },
    ]);
    expect(apply(state, events)).toMatchObject({ phase: 'rolling', serving: 'v1', sequence: 3 });
  });

  it('ignores the failure of an earlier rollout', () => {
    const failed = replica({ state: 'failed', rolloutId: 'rollout-before', reportedAt: at(3) });
    expect(judge(state, [failed], 4)).toEqual([]);
  });

  it('fails when a replica does not serve it in time, and not before', () => {
    const slow = (seconds: number) => [replica({ reportedAt: at(seconds) })];
    expect(judge(state, slow(59), 59.9)).toEqual([]);
    const events = judge(state, slow(59), 60);
    expect(types(events)).toEqual(['rollout-failed', 'rollout-started']);
    expect(events[0]).toMatchObject({ reason: 'a did not serve version v2 within 60 s' });
  });

  it('gives a replica that joins late the whole time', () => {
    const late = replica({ reportedAt: at(80), aliveSince: at(50) });
    expect(judge(state, [late], 81)).toEqual([]);
    expect(types(judge(state, [{ ...late, reportedAt: at(110) }], 110))).toEqual(['rollout-failed', 'rollout-started']);
  });

  it('is followed by what waited', () => {
    const queued = apply(state, approve(state, 'v3'));
    const events = judge(queued, [serving(state, 10)], 12);
    expect(told(events)).toMatchObject([
      { type: 'rollout-completed' },
      { type: 'rollout-started', rollout: { version: 'v3', kind: 'promotion', sequence: 3, previous: 'v2' } },
    ]);
    expect(apply(queued, events).waiting).toBeNull();
  });

  it('restores first, and what waits follows the rollback', () => {
    const queued = apply(state, approve(state, 'v3'));
    const failed = replica({ state: 'failed', rolloutId: state.rollout!.rolloutId, reportedAt: at(3) });
    const restoring = apply(queued, judge(queued, [failed], 4));
    expect(restoring).toMatchObject({ rollout: { version: 'v1', kind: 'rollback' }, waiting: { version: 'v3' } });
    expect(told(judge(restoring, [serving(restoring, 6)], 7))).toMatchObject([
      { type: 'rollout-completed', rollout: { version: 'v1' } },
      { type: 'rollout-started', rollout: { version: 'v3', sequence: 4, previous: 'v1' } },
    ]);
  });
});

describe('a failed rollout with nothing to go back to', () => {
  const first = rolling(newDeployment('credit'), 'v1');
  const failed = apply(first, judge(first, [replica({ reportedAt: at(60) })], 61));

  it('stays desired', () => {
    expect(failed).toMatchObject({ phase: 'failed', rollout: { version: 'v1' }, serving: null });
    expect(judge(failed, [replica({ reportedAt: at(100) })], 101)).toEqual([]);
  });

  it('completes when the replicas serve it after all', () => {
    expect(told(judge(failed, [serving(failed, 100)], 101))).toMatchObject([{ type: 'rollout-completed' }]);
  });

  it('makes room for the next approval', () => {
    expect(told(approve(failed, 'v2'))).toMatchObject([
      { type: 'rollout-started', rollout: { version: 'v2', sequence: 2 } },
    ]);
  });

  it('given the rollback failed, does not go back and forth', () => {
    const running = rolling(released('v1'), 'v2');
    const refused = (state: Deployment, seconds: number) =>
      replica({ state: 'failed', rolloutId: state.rollout!.rolloutId, reportedAt: at(seconds) });
    const restoring = apply(running, judge(running, [refused(running, 1)], 2));
    expect(told(judge(restoring, [refused(restoring, 3)], 4))).toMatchObject([
      { type: 'rollout-failed', restored: null },
    ]);
  });
});

describe('a rollback that a person asks for', () => {
  const ask = { by: 'ana@bank.example', reason: 'complaints' };

  it('goes to the production version before', () => {
    expect(toldOf(onRollback(released('v1', 'v2', 'v3'), ask, atOnce, moment(0)))).toMatchObject({
      events: [
        {
          type: 'rollout-started',
          rollout: { version: 'v2', kind: 'rollback', sequence: 4, previous: 'v3', requestedBy: ask.by },
        },
      ],
    });
  });

  it('a second one goes one version further', () => {
    const state = released('v1', 'v2', 'v3');
    const once = onRollback(state, ask, atOnce, moment(0));
    const after = apply(state, 'events' in once ? once.events : []);
    const done = apply(after, judge(after, [serving(after, 2)], 3));
    expect(toldOf(onRollback(done, ask, atOnce, moment(5)))).toMatchObject({
      events: [{ rollout: { version: 'v1' } }],
    });
  });

  it('skips a version that was rolled back before', () => {
    const asked = onRollback(released('v1', 'v2'), ask, atOnce, moment(0));
    const back = apply(released('v1', 'v2'), 'events' in asked ? asked.events : []);
    const restored = apply(back, judge(back, [serving(back, 2)], 3));
    const running = rolling(restored, 'v3');
    const third = apply(running, judge(running, [serving(running, 5)], 6));
    expect(third).toMatchObject({ serving: 'v3', releases: [{ version: 'v1' }, { version: 'v2' }, { version: 'v3' }] });
    expect(toldOf(onRollback(third, ask, atOnce, moment(7)))).toMatchObject({
      events: [{ rollout: { version: 'v1' } }],
    });
  });

  it('goes to the version that it names', () => {
    expect(toldOf(onRollback(released('v1', 'v2', 'v3'), { ...ask, to: 'v1' }, atOnce, moment(0)))).toMatchObject({
      events: [{ rollout: { version: 'v1' } }],
    });
  });

  it('ends a running rollout', () => {
    const decided = onRollback(rolling(released('v1'), 'v2'), ask, atOnce, moment(1));
    expect(toldOf(decided)).toMatchObject({
      events: [
        { type: 'rollout-failed', reason: 'rolled back by ana@bank.example: complaints', restored: 'v1' },
        { type: 'rollout-started', rollout: { version: 'v1', kind: 'rollback', sequence: 3 } },
      ],
    });
  });

  it('with a request id is done once', () => {
    const state = released('v1', 'v2');
    const asked = { ...ask, requestId: 'r-1' };
    const once = onRollback(state, asked, atOnce, moment(0));
    const after = apply(state, 'events' in once ? once.events : []);
    expect(onRollback(after, asked, atOnce, moment(1))).toEqual({ events: [] });
  });

  it.each([
    [released('v1'), {}, 'NO_PREVIOUS_VERSION'],
    [newDeployment('credit'), {}, 'NO_PREVIOUS_VERSION'],
    [released('v1', 'v2'), { to: 'v9' }, 'UNKNOWN_VERSION'],
    [released('v1', 'v2'), { to: 'v2' }, 'ALREADY_SERVING'],
  ])('is refused where it makes no sense (case %#)', (state, changes, refused) => {
    expect(onRollback(state, { ...ask, ...changes }, atOnce, moment(0))).toEqual({ refused });
  });
});
