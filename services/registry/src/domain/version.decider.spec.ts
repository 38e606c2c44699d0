import { automatic, exampleRegistration, manual, registered } from '../testing/version.examples';
import type { ModelVersion } from './model.version';
import { approve, archive, type Decision, failRollout, register, reject, release } from './version.decider';
import { evolveAll } from './version.evolve';
import type { VersionEvent } from './version.events';

const at = new Date('2026-01-05T10:00:00.000Z');
const [ada, eve] = ['ada@bank.example', 'eve@bank.example'];
const person = (by: string, policy = manual) => ({ by, at, policy });
const rollout = (sequence: number) => ({ rolloutId: `rollout-${sequence}`, sequence, at });
const promotion = (sequence: number) => ({ ...rollout(sequence), kind: 'promotion' as const });

const after = (version: ModelVersion, events: VersionEvent[]) => evolveAll(version, events) as ModelVersion;
const eventsOf = (decision: Decision) => ('events' in decision ? decision.events : []);
const types = (events: VersionEvent[]) => events.map(({ type }) => type);
const states = ({ history }: ModelVersion) => history.map(({ state }) => state);
const released = (version: ModelVersion, sequence = 1) => after(version, release(version, [], promotion(sequence)));

describe('a promoted model', () => {
  it('under automatic approval, is registered and approved by the policy', () => {
    expect(types(register(exampleRegistration(), automatic, at))).toEqual(['version-registered', 'version-approved']);
    const version = registered(automatic);
    expect(version.state).toBe('approved');
    expect(version.history).toMatchObject([
      { state: 'candidate', by: 'registry', evidence: 'credit/2026-01-04' },
      { state: 'approved', by: 'policy:automatic', evidence: 'credit/2026-01-04' },
    ]);
  });

  it('under manual approval, is registered and waits for an approver', () => {
    const events = register(exampleRegistration(), manual, at);
    expect(events).toMatchObject([
      { type: 'version-registered' },
      { type: 'approval-requested', data: { approvers: manual.approvers } },
    ]);
    expect(registered(manual).state).toBe('candidate');
  });
});

describe('a candidate that awaits approval', () => {
  const candidate = registered(manual);

  it('is approved by an approver, with the comment', () => {
    const version = after(candidate, eventsOf(approve(candidate, { ...person(ada), comment: 'good' })));
    expect(version.state).toBe('approved');
    expect(version.history.at(-1)).toEqual({
      state: 'approved',
      at: at.toISOString(),
      by: ada,
      reason: 'good',
      evidence: 'credit/2026-01-04',
    });
  });

  it('is rejected by an approver, with the reason', () => {
    const version = after(candidate, eventsOf(reject(candidate, { ...person(ada), reason: 'biased' })));
    expect(version).toMatchObject({ state: 'rejected' });
    expect(version.history.at(-1)).toMatchObject({ state: 'rejected', by: ada, reason: 'biased' });
  });

  it('is not decided by someone else', () => {
    const refusal = { code: 'NOT_AN_APPROVER', by: eve, approvers: manual.approvers };
    expect(approve(candidate, { ...person(eve), comment: null })).toEqual({ refusal });
    expect(reject(candidate, { ...person(eve), reason: 'no' })).toEqual({ refusal });
  });
});

describe('a version that was decided', () => {
  const candidate = registered(manual);
  const approved = after(candidate, eventsOf(approve(candidate, { ...person(ada), comment: null })));

  it('takes the same decision of the same person again without effect, also when it serves already', () => {
    expect(approve(approved, { ...person(ada), comment: 'again' })).toEqual({ events: [] });
    expect(approve(released(approved), { ...person(ada), comment: null })).toEqual({ events: [] });
  });

  it('refuses another person, and the opposite decision', () => {
    const refusal = { code: 'NOT_AWAITING_APPROVAL', state: 'approved' };
    expect(approve(approved, { ...person('grace@bank.example'), comment: null })).toEqual({ refusal });
    expect(reject(approved, { ...person(ada), reason: 'no' })).toEqual({ refusal });
  });

  it('refuses persons where approval is automatic', () => {
    expect(approve(registered(automatic), { ...person(ada, automatic), comment: null })).toEqual({
      refusal: { code: 'NOT_AWAITING_APPROVAL', state: 'approved' },
    });
  });
});

describe('a rollout', () => {
  const first = registered(automatic, '20260101_000000');
  const second = registered(automatic, '20260102_000000');

  it('that completed puts the version into production and archives the one before', () => {
    const serving = released(first, 1);
    expect(serving.state).toBe('production');
    expect(types(release(second, [serving], promotion(2)))).toEqual(['version-released']);
    const previous = after(serving, archive(serving, second.version, rollout(2)));
    expect(states(previous)).toEqual(['candidate', 'approved', 'production', 'archived']);
    expect(previous.history.at(-1)).toMatchObject({ reason: 'replaced by 20260102_000000', by: 'deployer' });
  });

  it('never archives the version that it released', () => {
    const serving = released(first, 1);
    expect(archive(serving, serving.version, rollout(2))).toEqual([]);
  });

  it('back to an archived version puts it into production again', () => {
    const serving = released(first, 1);
    const archived = after(serving, archive(serving, second.version, rollout(2)));
    const back = after(archived, release(archived, [released(second, 2)], { ...rollout(3), kind: 'rollback' }));
    expect(back.state).toBe('production');
    expect(back.history.at(-1)?.reason).toBe('rollback rollout-3');
  });

  it('that is told late changes nothing once a newer one is known', () => {
    expect(release(first, [released(second, 2)], promotion(1))).toEqual([]);
    expect(release(released(first, 3), [], promotion(3))).toEqual([]);
  });

  it('that failed leaves the version approved, with the reason', () => {
    const failed = after(second, failRollout(second, { ...rollout(2), reason: 'replica b did not load it' }));
    expect(failed.state).toBe('approved');
    expect(failed.history.at(-1)?.reason).toBe('rollout rollout-2 failed: replica b did not load it');
    expect(failRollout(failed, { ...rollout(2), reason: 'again' })).toEqual([]);
  });

  it('that failed and is completed later, as nothing took its place, releases the version after all', () => {
    const failed = after(second, failRollout(second, { ...rollout(2), reason: 'replica b was late' }));
    const late = after(failed, release(failed, [], promotion(2)));
    expect(late.state).toBe('production');
    expect(release(late, [late], promotion(2))).toEqual([]);
    expect(failRollout(late, { ...rollout(2), reason: 'told late' })).toEqual([]);
    expect(release(failed, [], promotion(1))).toEqual([]);
    expect(release(failed, [released(second, 2)], promotion(2))).toEqual([]);
  });

  it('that failed takes a serving version back to approved, and leaves an archived one archived', () => {
    const serving = released(first, 1);
    expect(after(serving, failRollout(serving, { ...rollout(2), reason: 'lost' })).state).toBe('approved');
    const archived = after(serving, archive(serving, second.version, rollout(2)));
    expect(after(archived, failRollout(archived, { ...rollout(3), reason: 'lost' })).state).toBe('archived');
  });
});
