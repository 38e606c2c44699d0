import type { Installation } from './installation';
import { definitions } from './installation';
import type { StoryPipeline } from './story';

type Documents = Record<string, unknown>[];

const ENDED = new Set(['kept', 'promoted', 'exhausted', 'skipped']);
const COUNTED = 5;

/** What still has to happen before everything is at rest; empty: nothing. */
export function unsettled(installation: Installation, story: readonly StoryPipeline[]): string[] {
  const documents = (collection: string) => installation.database.documents(collection) as Documents;
  return [
    ...(installation.producer?.done ? [] : ['the producer is not done']),
    ...some('process is not up', missingProcesses(installation)),
    ...some('day is open or missing', openDays(documents('ingestion_days'), story)),
    ...some('day has no cycle that ended', openCycles(documents('evaluation_cycles'), story)),
    ...some('run is not over', openRuns(documents('training_runs'))),
    ...some(
      'trial is left',
      documents('training_trials').map(({ _id }) => String(_id)),
    ),
    ...some('version waits for approval', waitingVersions(documents('model_metadata'))),
    ...some('rollout is under way', openRollouts(documents('deployments'))),
    ...some('notification is pending', pendingNotifications(documents('notifications'))),
    ...some('event waits in an outbox', waitingEvents(documents)),
    ...some('group lags', lags(installation)),
    ...some('replica routes other traffic than desired', diverged(installation, documents('deployments'))),
  ];
}

const some = (what: string, which: readonly string[]): string[] =>
  which.length === 0 ? [] : [`${which.length} × ${what}: ${which.slice(0, COUNTED).join(', ')}`];

const missingProcesses = ({ processes, assemblies }: Installation): string[] =>
  processes.filter((process) => !assemblies.has(process));

function openDays(days: Documents, story: readonly StoryPipeline[]): string[] {
  const closed = new Set(days.filter(({ open }) => open === false).map(({ dataset, day }) => `${dataset}/${day}`));
  const all = story.flatMap(({ dataset, days: told }) => told.map(({ day }) => `${dataset}/${day}`));
  return all.filter((day) => !closed.has(day));
}

function openCycles(cycles: Documents, story: readonly StoryPipeline[]): string[] {
  const ended = new Set(
    cycles.filter(({ status }) => ENDED.has(String(status))).map(({ pipeline, day }) => `${pipeline}/${day}`),
  );
  const all = story.flatMap(({ declared, days }) => days.map(({ day }) => `${declared.name}/${day}`));
  return all.filter((cycle) => !ended.has(cycle));
}

const openRuns = (runs: Documents): string[] =>
  runs
    .filter(({ state, run }) =>
      ['queued', 'running', 'searching'].includes(String(state ?? (run as { state?: string })?.state)),
    )
    .map(({ _id }) => String(_id));

const waitingVersions = (versions: Documents): string[] =>
  versions.filter(({ state }) => state === 'candidate').map(({ _id }) => String(_id));

const openRollouts = (deployments: Documents): string[] =>
  deployments
    .filter(({ deployment }) => (deployment as { phase: string }).phase === 'rolling')
    .map(({ _id }) => String(_id));

const pendingNotifications = (notifications: Documents): string[] =>
  notifications.filter(({ state }) => state === 'pending').map(({ _id }) => String(_id));

const waitingEvents = (documents: (collection: string) => Documents): string[] =>
  Object.keys(definitions).flatMap((service) =>
    documents(`${service}_outbox`)
      .filter(({ publishedAt }) => publishedAt === undefined || publishedAt === null)
      .map(({ id }) => `${service} ${String(id)}`),
  );

function lags({ broker }: Installation): string[] {
  return broker.groupIds().flatMap((group) => {
    const lag = broker.lag(group, broker.group(group).topics());
    return lag > 0 && !group.startsWith('inference-') ? [`${group} by ${lag}`] : [];
  });
}

interface Deployed {
  deployment: { pipeline: string; traffic: { sequence: number } | null };
}

function diverged({ assemblies }: Installation, deployments: Documents): string[] {
  const desired = new Map(
    (deployments as unknown as Deployed[]).map(({ deployment }) => [deployment.pipeline, deployment.traffic?.sequence]),
  );
  return servedVersions(assemblies)
    .filter(({ pipeline, trafficSequence }) => trafficSequence !== (desired.get(pipeline) ?? null))
    .map(({ replica, pipeline, version }) => `${replica} ${pipeline}=${version}`);
}

interface Slots {
  all(): {
    pipeline: string;
    current(): { target: { version: string; sequence: number } } | null;
  }[];
}

/** What each living replica serves now. */
export const servedVersions = (assemblies: Installation['assemblies']) =>
  [...assemblies]
    .filter(([process]) => process.startsWith('inference-'))
    .flatMap(([replica, assembly]) =>
      assembly
        .get<Slots>('ModelSlots')
        .all()
        .map((slot) => {
          const { version = null, sequence: trafficSequence = null } = slot.current()?.target ?? {};
          return { replica, pipeline: slot.pipeline, version, trafficSequence };
        }),
    );
