import { Producer } from '../../platform/producer';
import { playStory } from '../../scenario/scenario';
import { type DayRecords, recordsOf, stories } from '../../story/story';
import { type ChaosRun, scenario } from '../chaos.scenario';
import { sharedStage } from '../stages';
import { resetOffsets } from './replayed-week.offsets';

/** Consumer groups that can be set back, by the service that they belong to. */
const groups: Readonly<Record<string, string>> = {
  ingestion: 'ingestion.perennial.ingestion.records.v1',
  preprocessing: 'preprocessing',
  'feature-store': 'feature-store',
  evaluator: 'evaluator',
  trainer: 'trainer',
  registry: 'registry',
  deployer: 'deployer',
  alerting: 'alerting',
};

interface ReplayPlan {
  /** How the second push comes, and the third. */
  readonly pushes: readonly ('kafka' | 'http')[];
  /** Whose offsets are set back to the beginning afterwards. */
  readonly reset: readonly string[];
}

/** What the day says of a push that held nothing new. */
const nothingNew = { state: 'discarded', accepted: 0, quarantined: 3, duplicates: 405 };

interface BatchView {
  readonly state: string;
  readonly rows: { readonly accepted: number | null; readonly quarantined: number; readonly duplicates: number | null };
}

async function pushByHttp({ stage, pipeline }: ChaosRun, { day, records }: DayRecords): Promise<void> {
  const url = `${stage.platform.addresses.platform}/api/v1/datasets/${pipeline}/days/${day}`;
  const post = async (path: string, body: unknown) => {
    const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
    const answer = await fetch(`${url}/${path}`, { ...init, signal: AbortSignal.timeout(30_000) });
    if (answer.status !== 202) throw new Error(`POST ${path}: ${answer.status} ${await answer.text()}`);
  };
  await post('records', records);
  await post('manifest', { rows: new Set(records.map((record) => JSON.stringify(record))).size });
}

async function push(run: ChaosRun, day: DayRecords, by: ReplayPlan['pushes'][number]): Promise<void> {
  if (by === 'http') return pushByHttp(run, day);
  const producer = new Producer(run.stage.kafka);
  try {
    await producer.pushRecords(run.pipeline, day);
    await producer.pushManifest(run.pipeline, day);
  } finally {
    await producer.close();
  }
}

/** The corrections of a day, once as many as expected are over. */
async function corrections({ stage, pipeline }: ChaosRun, day: string, count: number): Promise<BatchView[]> {
  const deadline = performance.now() + 120_000;
  for (;;) {
    const path = `/api/v1/datasets/${pipeline}/days/${day}`;
    const { batches } = await stage.platform.get<{ batches: BatchView[] }>(path);
    const found = batches.slice(1);
    const over = found.every(({ state }) => state === 'discarded' || state === 'closed');
    if (found.length >= count && over) return found;
    if (performance.now() > deadline) {
      throw new Error(`${day}: no correction told what became of push ${count + 1}: ${JSON.stringify(batches)}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

async function replay(run: ChaosRun<ReplayPlan>, days: readonly DayRecords[]): Promise<string[]> {
  const problems: string[] = [];
  for (const [index, by] of run.plan.pushes.entries()) {
    run.log(`pushes the same days again, over ${by}`);
    for (const day of days) await push(run, day, by);
    for (const { day } of days) {
      const { state, rows } = (await corrections(run, day, index + 1))[index]!;
      const { accepted, quarantined, duplicates } = rows;
      const told = JSON.stringify({ state, accepted, quarantined, duplicates });
      if (told !== JSON.stringify(nothingNew)) {
        problems.push(`${day}, push ${index + 2}: expected ${JSON.stringify(nothingNew)}, the day says ${told}`);
      }
    }
  }
  for (const service of run.plan.reset) {
    const topics = await resetOffsets(run.stage.platform, run.stage.kafka, service, groups[service]!);
    run.log(`set ${groups[service]} back to the beginning of ${topics.join(', ')}`);
  }
  return problems;
}

export const replayedWeek = scenario<ReplayPlan>({
  name: 'replayed-week',
  describes: 'The producer pushes the same days again, and groups read their topics from the beginning',
  weight: 1,
  stage: sharedStage,
  company: 'shared',
  plan: (random) => ({
    pushes: random.sample(['kafka', 'http'] as const, 2),
    reset: ['ingestion', ...random.sample(Object.keys(groups).slice(1), 2)],
  }),
  run: async (run) => {
    const days = stories.brief.map((each) => recordsOf(each));
    let problems: string[] = [];
    const finished = async () => void (problems = await replay(run, days));
    const evidence = await playStory(run.stage, run.pipeline, { finished }, 'brief');
    return { evidence, story: 'brief', problems };
  },
});
