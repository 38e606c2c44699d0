import {
  type DataOf,
  rolloutCompletedV1,
  rolloutFailedV1,
  rolloutStartedV1,
  TRAFFIC_BUCKETS,
  trafficChangedV1,
  versionApprovedV1,
  versionRejectedV1,
} from '@perennial/contracts';
import { eventInvariant, limit } from '../checking/event.invariant';
import { groupBy } from '../checking/grouping';
import type { HistoryView, TypedEvent } from '../checking/history.view';
import { conclude, type Invariant, type Violation, unobserved, violation } from '../checking/invariant';
import type { DeploymentContent, ServingModelContent, VersionContent } from '../documents/documents';

const release = (pipeline: string, version: string): string => `${pipeline}/${version}`;

/** Versions that may serve, as events told or as the registry holds them. */
function approvedVersions(view: HistoryView): Set<string> {
  const told = view.of(versionApprovedV1).map(({ data }) => release(data.pipeline, data.version));
  const held = (view.documents('model_metadata') ?? []).flatMap(({ content }) => {
    const { pipeline, version, history } = content as VersionContent;
    const approved = history.some(({ state }) => state === 'approved');
    return approved && view.truncated(versionApprovedV1.topic.name) ? [release(pipeline, version)] : [];
  });
  return new Set([...told, ...held]);
}

const servedIsApproved = eventInvariant({
  name: 'served-version-approved',
  promise: 'Whatever serves or has served was approved before, and was never rejected.',
  subject: 'version that serves',
  examine: (view) => {
    const approved = approvedVersions(view);
    const rejected = new Set(view.of(versionRejectedV1).map(({ data }) => release(data.pipeline, data.version)));
    const allowed = (name: string) => approved.has(name) && !rejected.has(name);
    const rollouts = view.of(rolloutStartedV1);
    const started = rollouts
      .filter(({ data }) => !allowed(release(data.pipeline, data.version)))
      .map((event) =>
        violation(`${event.data.pipeline}: ${event.data.version} is rolled out without approval`, [event]),
      );
    const changes = view.of(trafficChangedV1);
    const routed = changes.flatMap((event) => {
      const { pipeline, arms, shadows } = event.data;
      const wrong = [...arms, ...shadows].filter(({ version }) => !allowed(release(pipeline, version)));
      return wrong.map(({ version }) => violation(`${pipeline}: ${version} takes part without approval`, [event]));
    });
    const deployments = (view.documents('deployments') ?? []).map(({ id, content }) => ({
      id,
      ...(content as DeploymentContent).deployment,
    }));
    const deployed = deployments.flatMap(({ id, pipeline, serving, releases }) => {
      const versions = [...releases.map(({ version }) => version), ...(serving === null ? [] : [serving])];
      const wrong = [...new Set(versions)].filter((version) => !allowed(release(pipeline, version)));
      return wrong.map((version) =>
        violation(`${pipeline}: ${version} is deployed without approval`, [], [`deployments/${id}`]),
      );
    });
    const replicas = [...(view.history.served ?? []), ...(view.history.serving ?? [])];
    const answers = replicas.flatMap(({ version, ...rest }) => (version === null ? [] : [{ ...rest, version }]));
    const answered = answers
      .filter(({ pipeline, version }) => !allowed(release(pipeline, version)))
      .map(({ pipeline, replica, version }) => violation(`${pipeline}: ${replica} serves ${version} without approval`));
    return {
      checked: rollouts.length + changes.length + deployments.length + answers.length,
      violations: [...started, ...routed, ...deployed, ...answered],
    };
  },
});

type Rollout = TypedEvent<{ readonly pipeline: string; readonly rolloutId: string; readonly sequence: number }>;

function rolloutsOf(view: HistoryView): Map<string, Rollout[]> {
  const all: Rollout[] = [rolloutStartedV1, rolloutCompletedV1, rolloutFailedV1].flatMap((contract) => [
    ...view.of<DataOf<typeof rolloutStartedV1>>(contract as never),
  ]);
  return groupBy(all, ({ data }) => data.pipeline);
}

const rolloutsInOrder = eventInvariant({
  name: 'rollouts-in-order',
  promise: 'Rollouts of a pipeline are numbered without a gap, one at a time, and each comes to one end.',
  subject: 'rollout',
  examine: (view) => {
    const open: string[] = [];
    const truncated = view.truncated(rolloutStartedV1.topic.name);
    const violations = [...rolloutsOf(view)].flatMap(([pipeline, events]): Violation[] => {
      const started = events.filter(({ type }) => type === rolloutStartedV1.type);
      const numbers = started.map(({ data }) => data.sequence).sort((a, b) => a - b);
      const first = truncated ? (numbers[0] ?? 1) : 1;
      const gaps = numbers.some((number, index) => number !== first + index);
      const found = gaps ? [violation(`${pipeline}: rollouts ${numbers.join(', ')}`, started)] : [];
      for (const [rolloutId, own] of groupBy(events, ({ data }) => data.rolloutId)) {
        const count = (contract: { type: string }) => own.filter(({ type }) => type === contract.type).length;
        const completed = count(rolloutCompletedV1);
        const failed = count(rolloutFailedV1);
        if (completed > 1 || failed > 1) found.push(violation(`rollout ${rolloutId}: ends more than once`, own));
        if (count(rolloutStartedV1) === 0 && !truncated)
          found.push(violation(`rollout ${rolloutId}: never started`, own));
        if (completed + failed === 0) {
          open.push(rolloutId);
          if (view.history.atRest) found.push(violation(`rollout ${rolloutId}: does not end`, own));
        }
      }
      return found;
    });
    const checked = view.of(rolloutStartedV1).length;
    return { checked, violations, limits: view.history.atRest ? [] : limit(open, 'still under way') };
  },
});

/** The rollout that completed last. */
function completedLast(view: HistoryView, pipeline: string) {
  const own = view.of(rolloutCompletedV1).filter(({ data }) => data.pipeline === pipeline);
  return own.sort((a, b) => a.data.sequence - b.data.sequence).at(-1);
}

/** How often each bucket is given away, where that is not once. */
function misgiven(arms: readonly { readonly buckets: readonly { from: number; to: number }[] }[]): boolean {
  const ranges = arms.flatMap(({ buckets }) => buckets).sort((a, b) => a.from - b.from);
  const ends = [0, ...ranges.map(({ to }) => to)];
  return ranges.some(({ from, to }, index) => from !== ends[index] || to <= from) || ends.at(-1) !== TRAFFIC_BUCKETS;
}

const trafficInOrder = eventInvariant({
  name: 'traffic-in-order',
  promise: 'Changes of traffic are numbered without a gap, and give every key to one arm.',
  subject: 'change of traffic',
  examine: (view) => {
    const changes = view.of(trafficChangedV1);
    const truncated = view.truncated(trafficChangedV1.topic.name);
    const wrong = changes
      .filter(({ data }) => misgiven(data.arms))
      .map((event) => violation(`${event.data.pipeline}: traffic ${event.data.sequence} has no whole`, [event]));
    const gaps = [...groupBy(changes, ({ data }) => data.pipeline)].flatMap(([pipeline, own]) => {
      const numbers = own.map(({ data }) => data.sequence).sort((a, b) => a - b);
      const first = truncated ? (numbers[0] ?? 1) : 1;
      const isGapless = numbers.every((number, index) => number === first + index);
      return isGapless ? [] : [violation(`${pipeline}: changes of traffic ${numbers.join(', ')}`, own)];
    });
    return { checked: changes.length, violations: [...wrong, ...gaps] };
  },
});

/** The newest change of a pipeline's traffic. */
function routedLast(view: HistoryView, pipeline: string) {
  const own = view.of(trafficChangedV1).filter(({ data }) => data.pipeline === pipeline);
  return own.sort((a, b) => a.data.sequence - b.data.sequence).at(-1);
}

const replicasConverge = eventInvariant({
  name: 'replicas-converge',
  promise: 'At rest every live replica routes the newest traffic, its primary arm the last version rolled out.',
  subject: 'live replica',
  examine: (view) => {
    const { serving, atRest } = view.history;
    if (!serving) return 'the replicas were not asked';
    if (!atRest) return 'the installation is not at rest';
    const expected = serving.filter(({ pipeline }) => completedLast(view, pipeline));
    const violations = expected.flatMap(({ pipeline, replica, version, trafficSequence }): Violation[] => {
      const last = completedLast(view, pipeline)!;
      const newest = routedLast(view, pipeline);
      if (newest && trafficSequence !== undefined && trafficSequence !== newest.data.sequence) {
        const told = `${pipeline}: ${replica} routes traffic ${trafficSequence ?? 'none'}, not ${newest.data.sequence}`;
        return [violation(told, [newest])];
      }
      if (last.data.version === version) return [];
      return [violation(`${pipeline}: ${replica} serves ${version ?? 'nothing'}, not ${last.data.version}`, [last])];
    });
    return { checked: expected.length, violations };
  },
});

function agreementOn(view: HistoryView, pipeline: string): Violation[] {
  const last = completedLast(view, pipeline);
  const deployment = view.documents('deployments')?.find(({ id }) => id === pipeline);
  const model = view.documents('serving_models')?.find(({ id }) => id === pipeline);
  const production = view
    .documents('model_metadata')
    ?.map(({ content }) => content as VersionContent)
    .filter((each) => each.pipeline === pipeline && each.state === 'production')
    .map(({ version }) => version);
  const words: [string, string | null | undefined][] = [
    ['the deployer', deployment && (deployment.content as DeploymentContent).deployment.serving],
    ['the evaluator', model && (model.content as ServingModelContent).version],
    ['the registry', production && (production.join(' and ') || null)],
  ];
  const expected = last?.data.version ?? (deployment ? words[0]![1] : undefined);
  if (expected === undefined) return [];
  return words
    .filter(([, version]) => version !== undefined && version !== expected)
    .map(([who, version]) =>
      violation(
        `${pipeline}: ${who} has ${version ?? 'none'} in service, not ${expected ?? 'none'}`,
        last ? [last] : [],
      ),
    );
}

const servicesAgree: Invariant = {
  name: 'services-agree-on-serving',
  promise: 'At rest the deployer, the evaluator and the registry name the same version as serving, and only one.',
  check: (view) => {
    const deployments = view.documents('deployments');
    if (!deployments) return unobserved('the deployments were not read');
    if (!view.history.atRest) return unobserved('the installation is not at rest');
    const pipelines = deployments.map(({ id }) => id);
    return conclude(
      pipelines.length,
      pipelines.flatMap((pipeline) => agreementOn(view, pipeline)),
      'deployment',
    );
  },
};

export const servingInvariants: readonly Invariant[] = [
  servedIsApproved,
  rolloutsInOrder,
  trafficInOrder,
  replicasConverge,
  servicesAgree,
];
