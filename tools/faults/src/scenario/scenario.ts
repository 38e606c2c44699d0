import {
  alertResolvedV1,
  attemptsExhaustedV1,
  modelPromotedV1,
  notificationSentV1,
  rolloutCompletedV1,
} from '@perennial/contracts';
import type { Evidence, RegisteredVersion } from '../evidence/evidence';
import { belongsTo, eventsOf, type HistoryEvent } from '../evidence/history.event';
import { verdictsOf } from '../evidence/outcome';
import type { PlatformUnderTest } from '../platform/platform.under.test';
import { Producer } from '../platform/producer';
import { readStoredBatches } from '../platform/stored.batches';
import { recordsOf, stories, type StoryName } from '../story/story';
import { settle } from './settling';
import type { Stage } from './stage';

/** What a test does to the platform while the days pass. */
export interface Disturbance {
  /** At each event of the pipeline, when it is read first. */
  onEvent?(event: HistoryEvent): void;
  /** When half of a day's records are on their way. */
  halfPushed?(day: string): void;
  /** After the last day; what it awaits belongs to the scenario. */
  finished?(): Promise<void>;
}

/** An open transaction of a process that was killed keeps its rows locked until the database ends it, after 60 s. */
export const dayLimitMs = 400_000;

/** A day is over when its verdict fell and a promoted model serves. */
export function isOver(events: readonly HistoryEvent[], day: string): boolean {
  if (verdictsOf(events, day).length === 0) return false;
  return eventsOf(events, modelPromotedV1)
    .filter(({ data }) => data.day === day)
    .every(({ data }) => eventsOf(events, rolloutCompletedV1).some((done) => done.data.cycleId === data.cycleId));
}

/** Every incident was resolved, and the sink was told. */
function isRecovered(events: readonly HistoryEvent[]): boolean {
  const resolved = eventsOf(events, alertResolvedV1).map(({ data }) => data.dedupKey);
  const told = eventsOf(events, notificationSentV1).filter(({ data }) => data.action === 'resolve');
  return eventsOf(events, attemptsExhaustedV1).every(
    ({ data }) => resolved.includes(data.cycleId) && told.some((sent) => sent.data.dedupKey === data.cycleId),
  );
}

interface Deployment {
  readonly serving: string | null;
  readonly replicas: readonly { readonly version: string | null }[];
}

/** Lives through a story on a pipeline of its own, day after day, and gathers what it left behind. */
export async function playStory(
  stage: Stage,
  pipeline: string,
  disturbance: Disturbance = {},
  name: StoryName = 'full',
): Promise<Evidence> {
  const { history } = stage;
  const producer = new Producer(stage.kafka);
  const days = stories[name].map((each) => recordsOf(each));
  const deaf = history.onEvent((event) => {
    if (belongsTo(event.data, pipeline)) disturbance.onEvent?.(event);
  });
  try {
    for (const day of days) {
      await producer.pushRecords(pipeline, day, () => disturbance.halfPushed?.(day.day));
      await producer.pushManifest(pipeline, day);
      await history.until(pipeline, `the end of ${day.day}`, (events) => isOver(events, day.day), dayLimitMs);
    }
    await history.until(pipeline, 'the resolution of its alert', isRecovered, dayLimitMs);
    await disturbance.finished?.();
    await settle(stage, pipeline);
    return await gather(stage, pipeline, Object.fromEntries(days.map(({ day, accepted }) => [day, accepted])));
  } finally {
    deaf();
    await producer.close();
  }
}

const convergenceLimitMs = 90_000;

/** As it is once every replica serves what the deployer says, or when the time for that is over. */
async function convergedDeployment(platform: PlatformUnderTest, pipeline: string): Promise<Deployment> {
  const deadline = performance.now() + convergenceLimitMs;
  for (;;) {
    const deployment = await platform.get<Deployment>(`/api/v1/deployments/${pipeline}`);
    const { serving, replicas } = deployment;
    const converged = replicas.length > 0 && replicas.every(({ version }) => version === serving);
    if (converged || performance.now() > deadline) return deployment;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}

export async function gather(
  { platform, history }: Stage,
  pipeline: string,
  pushed: Evidence['pushed'],
): Promise<Evidence> {
  const { addresses, sink } = platform;
  const events = history.eventsOf(pipeline);
  const deployment = await convergedDeployment(platform, pipeline);
  return {
    pipeline,
    maxAttempts: 3,
    pushed,
    events,
    deadLetters: history.deadLettersOf(pipeline),
    stored: await readStoredBatches(addresses.mongo, platform.environment, events),
    versions: (await platform.get<{ versions: RegisteredVersion[] }>(`/api/v1/models/${pipeline}/versions`)).versions,
    serving: [deployment.serving, ...deployment.replicas.map(({ version }) => version)],
    pages: sink.received.filter(({ dedup_key: key }) => key.startsWith(`${pipeline}/`)),
  };
}
