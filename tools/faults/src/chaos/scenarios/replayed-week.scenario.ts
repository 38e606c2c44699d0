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

/** What the day says of each push that held nothing new. */
const nothingNew = { received: 408, accepted: 0, quarantined: 3, duplicates: 405 };
type Counts = typeof nothingNew;
const fields = Object.keys(nothingNew) as (keyof Counts)[];

interface BatchView {
  readonly state: string;
  readonly rows: { readonly [field in keyof Counts]: number | null };
}

async function pushByHttp({ stage, pipeline }: ChaosRun, { day, records }: DayRecords): Promise<void> {
  const url = `${stage.platform.addresses.platform}/api/v1/datasets/${pipeline}/days/${day}`;
  const post = async (path: string, body: unknown) => {
    const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
    const answer = await fetch(`${url}/${path}`, { ...init, signal: AbortSignal.timeout(30_000) });
    if (answer.status !== 202) throw new Error(`POST ${path}: ${answer.status} ${await answer.text()}`);
  };
  // Another run on the platform may have killed it; what is posted twice would be counted twice.
  await stage.platform.ready('ingestion');
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

/** What the corrections of a day say together, once they are over and hold as many records as were pushed again. */
async function corrections({ stage, pipeline }: ChaosRun, day: string, received: number) {
  const deadline = performance.now() + 120_000;
  for (;;) {
    const path = `/api/v1/datasets/${pipeline}/days/${day}`;
    const { batches } = await stage.platform.get<{ batches: BatchView[] }>(path);
    const found = batches.slice(1);
    const sum = (field: keyof Counts) => found.reduce((total, { rows }) => total + (rows[field] ?? 0), 0);
    const states = [...new Set(found.map(({ state }) => state))];
    const over = states.every((state) => state === 'discarded' || state === 'closed');
    if (over && sum('received') >= received) {
      return { states, ...Object.fromEntries(fields.map((field) => [field, sum(field)])) };
    }
    if (performance.now() > deadline) {
      throw new Error(`${day}: no correction tells what became of the records: ${JSON.stringify(batches)}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

async function replay(run: ChaosRun<ReplayPlan>, days: readonly DayRecords[]): Promise<string[]> {
  const problems: string[] = [];
  for (const [index, by] of run.plan.pushes.entries()) {
    run.log(`pushes the same days again, over ${by}`);
    for (const day of days) await push(run, day, by);
    const times = index + 1;
    const all = fields.map((field) => [field, nothingNew[field] * times] as const);
    const expected = JSON.stringify({ states: ['discarded'], ...Object.fromEntries(all) });
    for (const { day } of days) {
      const found = JSON.stringify(await corrections(run, day, nothingNew.received * times));
      if (found !== expected) problems.push(`${day}, pushed ${times + 1} times: expected ${expected}, found ${found}`);
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
  weight: 2,
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
