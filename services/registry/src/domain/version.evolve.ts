import type { HistoryEntry, ModelVersion, VersionState } from './model.version';
import type { VersionEvent } from './version.events';

type Later = Exclude<VersionEvent, { type: 'version-registered' }>;

function stateAfter({ state }: ModelVersion, event: Later): VersionState {
  switch (event.type) {
    case 'approval-requested':
      return state;
    case 'version-approved':
      return 'approved';
    case 'version-rejected':
      return 'rejected';
    case 'version-released':
      return 'production';
    case 'version-archived':
    case 'version-superseded':
      return 'archived';
    case 'rollout-failed':
      // An archived version that could not be brought back stays archived.
      return state === 'production' ? 'approved' : state;
  }
}

function reasonOf(event: Later): string | null {
  if (event.type === 'approval-requested') return `awaits ${event.data.approvers.join(', ')}`;
  return event.type === 'version-approved' ? event.data.comment : event.data.reason;
}

export function evolve(version: ModelVersion | null, event: VersionEvent): ModelVersion {
  const entry = (state: VersionState, reason: string | null, evidence: string): HistoryEntry => {
    return { state, at: event.at, by: event.by, reason, evidence };
  };
  if (event.type === 'version-registered') {
    const history = [entry('candidate', null, event.data.cycleId)];
    return { ...event.data, state: 'candidate', registeredAt: event.at, rolloutSequence: null, history };
  }
  if (!version) throw new Error(`a version cannot begin with ${event.type}`);
  const state = stateAfter(version, event);
  const rolloutSequence = 'sequence' in event.data ? event.data.sequence : version.rolloutSequence;
  const history = [...version.history, entry(state, reasonOf(event), version.cycleId)];
  return { ...version, state, rolloutSequence, history };
}

export const evolveAll = (version: ModelVersion | null, events: readonly VersionEvent[]): ModelVersion | null =>
  events.reduce<ModelVersion | null>(evolve, version);
