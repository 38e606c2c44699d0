import { approvalRequestedV1, versionApprovedV1, versionRegisteredV1, versionRejectedV1 } from '@perennial/contracts';
import { emit, type OutgoingEvent } from '@perennial/messaging';
import type { ModelVersion } from '../domain/model.version';
import type { VersionEvent } from '../domain/version.events';

/** What the platform is told of what happened to a version. Releases and failures it knows from the deployer. */
export function announce(version: ModelVersion, events: readonly VersionEvent[]): OutgoingEvent[] {
  return events.flatMap((event) => announcement(version, event));
}

function announcement(model: ModelVersion, event: VersionEvent): OutgoingEvent[] {
  const { pipeline, version, cycleId, runId, artifact, checkpoint, decisionThreshold, finetunedFrom } = model;
  const identity = { pipeline, version, cycleId };
  const files = { artifact, checkpoint, decisionThreshold };
  switch (event.type) {
    case 'version-registered':
      return [emit(versionRegisteredV1, { ...identity, ...files, runId, finetunedFrom })];
    case 'approval-requested':
      return [emit(approvalRequestedV1, { ...identity, approvers: event.data.approvers })];
    case 'version-approved': {
      const approval = { approvedBy: event.by, comment: event.data.comment };
      return [emit(versionApprovedV1, { ...identity, ...files, runId, ...approval })];
    }
    case 'version-rejected':
      return [emit(versionRejectedV1, { ...identity, rejectedBy: event.by, reason: event.data.reason })];
    default:
      return [];
  }
}
