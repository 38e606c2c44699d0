import type { Pipeline } from '@perennial/pipeline';
import type { ModelVersion, Registration } from './model.version';
import type { VersionEvent } from './version.events';

export type ApprovalPolicy = Pipeline['approval'];

/** Why a person's decision is not taken. */
export type Refusal =
  | { code: 'NOT_AN_APPROVER'; by: string; approvers: string[] }
  | { code: 'NOT_AWAITING_APPROVAL'; state: ModelVersion['state'] };

export type Decision = { events: VersionEvent[] } | { refusal: Refusal };

export const AUTOMATIC = 'policy:automatic';
const REGISTRY = 'registry';
const DEPLOYER = 'deployer';

/** A promoted candidate becomes a version, and is approved at once or by a person, as the pipeline says. */
export function register(registration: Registration, policy: ApprovalPolicy, now: Date): VersionEvent[] {
  const at = now.toISOString();
  const registered: VersionEvent = { type: 'version-registered', at, by: REGISTRY, data: registration };
  if (policy.mode === 'automatic') {
    return [registered, { type: 'version-approved', at, by: AUTOMATIC, data: { comment: null } }];
  }
  return [registered, { type: 'approval-requested', at, by: REGISTRY, data: { approvers: policy.approvers } }];
}

export interface PersonsDecision {
  by: string;
  at: Date;
  policy: ApprovalPolicy;
}

export function approve(
  version: ModelVersion,
  { by, at, policy, comment }: PersonsDecision & { comment: string | null },
): Decision {
  return decision(
    version,
    'approved',
    { by, policy },
    { type: 'version-approved', at: at.toISOString(), by, data: { comment } },
  );
}

export function reject(
  version: ModelVersion,
  { by, at, policy, reason }: PersonsDecision & { reason: string },
): Decision {
  return decision(
    version,
    'rejected',
    { by, policy },
    { type: 'version-rejected', at: at.toISOString(), by, data: { reason } },
  );
}

/** Repeating one's own decision changes nothing. */
function decision(
  version: ModelVersion,
  verdict: 'approved' | 'rejected',
  { by, policy }: Pick<PersonsDecision, 'by' | 'policy'>,
  event: VersionEvent,
): Decision {
  if (policy.mode === 'manual' && !policy.approvers.includes(by)) {
    return { refusal: { code: 'NOT_AN_APPROVER', by, approvers: policy.approvers } };
  }
  if (version.state === 'candidate') return { events: [event] };
  const decided = version.history.find(({ state }) => state === 'approved' || state === 'rejected');
  if (decided?.state === verdict && decided.by === by) return { events: [] };
  return { refusal: { code: 'NOT_AWAITING_APPROVAL', state: version.state } };
}

export interface RolloutFact {
  rolloutId: string;
  sequence: number;
  at: Date;
}

/** Rollouts are facts that the deployer tells; one that is older than what is known of the version changes nothing. */
const isNews = ({ rolloutSequence }: ModelVersion, { sequence }: RolloutFact): boolean =>
  sequence > (rolloutSequence ?? 0);

/** A rollout that failed may be completed later: replicas came late, and nothing had taken its place. */
const isCompletion = (version: ModelVersion, fact: RolloutFact): boolean =>
  isNews(version, fact) || (version.rolloutSequence === fact.sequence && version.state !== 'production');

/** `serving`: what is in production; a newer rollout of one of them overrules this one. */
export function release(
  version: ModelVersion,
  serving: readonly ModelVersion[],
  fact: RolloutFact & { kind: 'promotion' | 'rollback' },
): VersionEvent[] {
  if (!isCompletion(version, fact) || !serving.every((each) => isNews(each, fact))) return [];
  const { at, sequence, kind, rolloutId } = fact;
  const data = { sequence, reason: `${kind} ${rolloutId}` };
  return [{ type: 'version-released', at: at.toISOString(), by: DEPLOYER, data }];
}

/** What served before. */
export function archive(version: ModelVersion, successor: string, fact: RolloutFact): VersionEvent[] {
  if (version.state !== 'production' || version.version === successor || !isNews(version, fact)) return [];
  const data = { sequence: fact.sequence, reason: `replaced by ${successor}` };
  return [{ type: 'version-archived', at: fact.at.toISOString(), by: DEPLOYER, data }];
}

export function failRollout(version: ModelVersion, fact: RolloutFact & { reason: string }): VersionEvent[] {
  if (!isNews(version, fact)) return [];
  const data = { sequence: fact.sequence, reason: `rollout ${fact.rolloutId} failed: ${fact.reason}` };
  return [{ type: 'rollout-failed', at: fact.at.toISOString(), by: DEPLOYER, data }];
}

/** It was approved and never rolled out. What has served, or was decided otherwise since, is left as it is. */
export function supersede(version: ModelVersion, supersededBy: string, at: Date): VersionEvent[] {
  if (version.state !== 'approved' || version.rolloutSequence !== null) return [];
  const data = { reason: `superseded by ${supersededBy} before its rollout` };
  return [{ type: 'version-superseded', at: at.toISOString(), by: DEPLOYER, data }];
}
