import {
  batchClosedV1,
  modelPromotedV1,
  runCompletedV1,
  submissionAcceptedV1,
  versionApprovedV1,
  versionRegisteredV1,
  viewUpdatedV1,
} from '@perennial/contracts';
import { eventInvariant, limit } from '../checking/event.invariant';
import { groupBy } from '../checking/grouping';
import type { HistoryView } from '../checking/history.view';
import { type Violation, violation } from '../checking/invariant';
import type { VersionContent } from '../documents/documents';

const nameOf = ({ pipeline, version }: { pipeline: string; version: string }): string => `${pipeline}/${version}`;

function differences(view: HistoryView): Violation[] {
  const held = view.documents('model_metadata');
  if (!held) return [];
  const registered = view.of(versionRegisteredV1);
  const announced = new Set(registered.map(({ data }) => nameOf(data)));
  const names = new Set(held.map(({ id }) => id));
  const removed = view.truncated(versionRegisteredV1.topic.name);
  const unannounced = removed || !view.history.atRest ? [] : held.filter(({ id }) => !announced.has(id));
  return [
    ...registered
      .filter(({ data }) => !names.has(nameOf(data)))
      .map((event) => violation(`${nameOf(event.data)}: announced, but not in the registry`, [event])),
    ...unannounced.map(({ id }) =>
      violation(`${id}: in the registry, but never announced`, [], [`model_metadata/${id}`]),
    ),
  ];
}

const registeredOnce = eventInvariant({
  name: 'versions-registered-once',
  promise: 'Each promoted candidate becomes one version, and the registry holds exactly what it announced.',
  subject: 'registered version',
  examine: (view) => {
    const registered = view.of(versionRegisteredV1);
    const keys = [
      ({ data }: (typeof registered)[number]) => nameOf(data),
      ({ data }: (typeof registered)[number]) => data.cycleId,
    ];
    const repeated = keys.flatMap((keyOf) =>
      [...groupBy(registered, keyOf)]
        .filter(([, events]) => events.length > 1)
        .map(([key, events]) => violation(`${key}: registered ${events.length} times`, events)),
    );
    const cycles = new Set(registered.map(({ data }) => data.cycleId));
    const promoted = view.of(modelPromotedV1).filter(({ data }) => view.facts(data.pipeline));
    const waiting = view.truncated(versionRegisteredV1.topic.name)
      ? []
      : promoted.filter(({ data }) => !cycles.has(data.cycleId));
    const { atRest } = view.history;
    const missing = waiting.map((event) => violation(`${event.data.cycleId}: promoted, but not registered`, [event]));
    return {
      checked: registered.length,
      violations: [...repeated, ...differences(view), ...(atRest ? missing : [])],
      limits: atRest
        ? []
        : limit(
            waiting.map(({ data }) => data.cycleId),
            'not registered yet',
          ),
    };
  },
});

type Registered = ReturnType<typeof registeredEvents>[number];
const registeredEvents = (view: HistoryView) => view.of(versionRegisteredV1);

/** What is missing on the way from a version back to the raw files. */
function brokenLineage(view: HistoryView, event: Registered): string[] {
  const { cycleId, runId, artifact, finetunedFrom, pipeline } = event.data;
  const submitted = view.of(submissionAcceptedV1).find(({ data }) => data.submissionId === cycleId);
  if (submitted) {
    const same = submitted.data.artifact.digest === artifact.digest;
    return [...(same ? [] : ['another artifact was accepted']), ...brokenData(view, submitted.data.data)];
  }
  const promoted = view.of(modelPromotedV1).find(({ data }) => data.cycleId === cycleId);
  if (!promoted) return ['no cycle promoted it, and no submission was accepted'];
  const problems: string[] = [];
  const run = view.of(runCompletedV1).find(({ data }) => data.runId === runId);
  if (!run && !view.truncated(runCompletedV1.topic.name)) problems.push(`run ${runId} gave no candidate`);
  if (run && run.data.artifact.digest !== artifact.digest) problems.push(`run ${runId} gave another artifact`);
  if (promoted.data.candidate.artifact.digest !== artifact.digest) problems.push('another artifact was promoted');
  const known = registeredEvents(view).some(({ data }) => data.pipeline === pipeline && data.version === finetunedFrom);
  if (finetunedFrom !== null && !known) problems.push(`fine-tuned from ${finetunedFrom}, which was never registered`);
  return [...problems, ...brokenData(view, promoted.data.data)];
}

function brokenData(
  view: HistoryView,
  { batches, raw }: { batches: readonly string[]; raw: readonly { digest: string }[] },
) {
  const problems: string[] = [];
  const views = new Set(view.of(viewUpdatedV1).map(({ data }) => data.batchId));
  const files = new Set(view.of(batchClosedV1).map(({ data }) => data.raw.digest));
  const missing = batches.filter((batchId) => !views.has(batchId));
  if (missing.length > 0 && !view.truncated(viewUpdatedV1.topic.name)) {
    problems.push(`batches that no view holds: ${missing.join(', ')}`);
  }
  const lost = raw.filter(({ digest }) => !files.has(digest));
  if (lost.length > 0 && !view.truncated(batchClosedV1.topic.name)) {
    problems.push(`raw files that no day was stored in: ${lost.map(({ digest }) => digest.slice(0, 19)).join(', ')}`);
  }
  if (batches.length === 0 || raw.length === 0) problems.push('it names no data');
  return problems;
}

const lineageComplete = eventInvariant({
  name: 'lineage-complete',
  promise: 'From each version the run, the cycle, the batches and the raw files that it comes from can be found.',
  subject: 'registered version',
  examine: (view) => {
    const all = registeredEvents(view);
    const gone = view.truncated(modelPromotedV1.topic.name)
      ? all.filter(({ data }) => !view.of(modelPromotedV1).some((promoted) => promoted.data.cycleId === data.cycleId))
      : [];
    const checked = all.filter((event) => !gone.includes(event));
    const violations = checked.flatMap((event) =>
      brokenLineage(view, event).map((problem) => violation(`${nameOf(event.data)}: ${problem}`, [event])),
    );
    return {
      checked: checked.length,
      violations,
      limits: limit(
        gone.map(({ data }) => nameOf(data)),
        'its cycle was removed',
      ),
    };
  },
});

function withoutEvidence(view: HistoryView): Violation[] {
  return (view.documents('model_metadata') ?? []).flatMap(({ id, content }) => {
    const approvals = (content as VersionContent).history.filter(({ state }) => state === 'approved');
    return approvals
      .filter(({ by, evidence }) => !by || !evidence)
      .map(({ by }) =>
        violation(`${id}: approved by ${by || 'nobody'} without evidence`, [], [`model_metadata/${id}`]),
      );
  });
}

const approvalsHaveEvidence = eventInvariant({
  name: 'approvals-have-evidence',
  promise: 'Each approval names who approved a registered version, and what the decision rests on.',
  subject: 'approval',
  examine: (view) => {
    if (!view.documents('model_metadata')) return 'the registry was not read';
    const approvals = view.of(versionApprovedV1);
    const registered = new Set(registeredEvents(view).map(({ data }) => nameOf(data)));
    const wrong = approvals.flatMap((event): Violation[] => {
      const name = nameOf(event.data);
      if (!event.data.approvedBy) return [violation(`${name}: approved by nobody`, [event])];
      const unknown = !registered.has(name) && !view.truncated(versionRegisteredV1.topic.name);
      return unknown ? [violation(`${name}: approved without having been registered`, [event])] : [];
    });
    const repeated = [...groupBy(approvals, ({ data }) => nameOf(data))]
      .filter(([, events]) => events.length > 1)
      .map(([name, events]) => violation(`${name}: approved ${events.length} times`, events));
    return { checked: approvals.length, violations: [...wrong, ...repeated, ...withoutEvidence(view)] };
  },
});

export const versionInvariants = [registeredOnce, lineageComplete, approvalsHaveEvidence];
