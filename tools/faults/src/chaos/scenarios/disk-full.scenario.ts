import type { FileReference } from '@perennial/contracts';
import type { HistoryEvent } from '../../evidence/history.event';
import { withObjectStore } from '../../platform/stored.batches';
import { playStory } from '../../scenario/scenario';
import { stories } from '../../story/story';
import { describeMoment, halfPushed, isAt, type Moment } from '../../story/moment';
import { type ChaosRun, scenario } from '../chaos.scenario';
import { adverseStage, adversityOf } from './adverse.stage';
import type { Fullness } from './disk-full.quota';
import { batchClosedV1, runStartedV1 } from '@perennial/contracts';

interface DiskPlan {
  /** When the store runs full: before the raw file, the prepared data, or the artifact of the day. */
  readonly at: Moment;
  readonly how: Fullness;
  /** Files that are refused before there is room again. */
  readonly refusals: number;
}

const day = stories.brief[1].day;
const limitMs = 180_000;
const pause = () => new Promise((resolve) => setTimeout(resolve, 200));

/** Services whose readiness says that the store is at fault. */
async function complaining(run: ChaosRun): Promise<string[]> {
  const found = (await run.stage.platform.services()).map(async ({ service, url }) => {
    const answer = await fetch(`${url}/health/ready`).catch(() => null);
    const { checks = {} } = ((await answer?.json()) ?? {}) as { checks?: Record<string, string> };
    return (checks['object store'] ?? 'ok') === 'ok' ? [] : [service];
  });
  return (await Promise.all(found)).flat();
}

/** Fills the store until files were refused and a service has said so, then makes room. */
async function runFull(run: ChaosRun<DiskPlan>): Promise<string[]> {
  const { store } = adversityOf(run.stage.platform.home);
  const { how, refusals } = run.plan;
  store.fill(how);
  run.log(`the store is full: it ${how}`);
  const deadline = performance.now() + limitMs;
  let told: string[] = [];
  try {
    while (store.refused < refusals || told.length === 0) {
      if (performance.now() > deadline) {
        return [`after ${limitMs} ms: ${store.refused} files refused, readiness of ${told.length} services told`];
      }
      await pause();
      told = await complaining(run);
    }
  } finally {
    store.makeRoom();
  }
  run.log(`${store.refused} files were refused, ${told.join(', ')} said so; there is room again`);
  return [];
}

interface Referring {
  readonly raw?: FileReference;
  readonly [field: string]: unknown;
}

/** Every reference in an event, wherever it stands. */
function referencesIn(value: unknown): FileReference[] {
  if (typeof value !== 'object' || value === null) return [];
  const { store, digest, fileId } = value as Partial<FileReference>;
  if (store && digest && fileId) return [value as FileReference];
  return Object.values(value as Referring).flatMap(referencesIn);
}

/** Files that events name, but that are not there whole. */
async function damagedFiles({ stage: { platform } }: ChaosRun, events: readonly HistoryEvent[]): Promise<string[]> {
  const references = new Map(
    events.flatMap(({ type, data }) => referencesIn(data).map((each) => [each.fileId, { type, each }])),
  );
  return withObjectStore(platform.addresses.mongo, platform.environment, async (store) => {
    const problems: string[] = [];
    for (const { type, each } of references.values()) {
      await store.get(each).catch((error: Error) => problems.push(`file ${each.fileId} of ${type}: ${error.message}`));
    }
    return references.size === 0 ? ['no event names a file'] : problems;
  });
}

export const diskFull = scenario<DiskPlan>({
  name: 'disk-full',
  describes: 'The store of artifacts and data runs full for a while',
  weight: 1,
  stage: adverseStage,
  company: 'alone',
  plan: (random) => ({
    at: random.pick<Moment>([
      { type: halfPushed, day },
      { type: batchClosedV1.type, day },
      { type: runStartedV1.type, day },
    ]),
    how: random.pick(['says-so', 'breaks-off'] as const),
    refusals: random.integer(8, 12),
  }),
  run: async (run) => {
    const { stage, pipeline, plan } = run;
    let over: Promise<string[]> | undefined;
    const evidence = await playStory(
      stage,
      pipeline,
      {
        onEvent: (event) => void (isAt(plan.at, event) && (over ??= runFull(run))),
        halfPushed: (pushed) => void (plan.at.type === halfPushed && pushed === day && (over ??= runFull(run))),
        finished: async () => void (await over),
      },
      'brief',
    );
    const problems = over ? await over : [`nothing was done: ${describeMoment(plan.at)} did not come`];
    problems.push(...(await damagedFiles(run, evidence.events)));
    const left = await complaining(run);
    if (left.length > 0) problems.push(`there is room, but ${left.join(', ')} still say that the store is at fault`);
    return { evidence, story: 'brief', problems };
  },
});
