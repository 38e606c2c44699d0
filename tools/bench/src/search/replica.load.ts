import { flipPipeline } from '../load/flip.day';
import { FlipPlatform, REFERENCE_DAY } from '../load/flip.platform';

export interface ReplicaLoadOptions {
  readonly rounds: number;
  readonly rows: number;
  readonly trials: number;
  readonly environment: NodeJS.ProcessEnv;
  readonly onProgress: (line: string) => void;
}

export interface ReplicaResult {
  readonly round: number;
  readonly trainers: number;
  /** From the start of the run until its candidate is offered. */
  readonly seconds: number;
  readonly trialsPerMinute: number;
  /** Of all trials together; on a busy machine each takes longer beside another. */
  readonly trainingSeconds: number;
  /** Share of the time of its trainers in which a trial was trained. */
  readonly busy: number;
}

/** More than there are trainers: one waits for each, so that none waits for the decision on its last. */
const PARALLEL = 4;
const LIMIT_MS = 900_000;
const rounded = (value: number): number => Math.round(value * 100) / 100;

/** One kind and one size of model, so that every trial takes as long. */
function searchPipeline(name: string, trials: number): string {
  const space = '{ mlp: { hidden: { choices: [[64, 32]] }, learningRate: { min: 0.0005, max: 0.05, scale: log } } }';
  const budget = `{ trials: ${trials}, seconds: 600 }`;
  const search = `{ space: ${space}, metric: rocAuc, budget: ${budget}, parallel: ${PARALLEL} }`;
  const attempt = `{ strategy: search, window: { days: 1 }, search: ${search} }`;
  return flipPipeline({ name, referenceDay: REFERENCE_DAY, threshold: 0.01, epochs: 40 }).replace(
    /attempts: .*$/m,
    `attempts: [${attempt}] }`,
  );
}

/** The same search by one trainer and by two, in turns, on one platform. */
export async function measureReplicas(options: ReplicaLoadOptions): Promise<ReplicaResult[]> {
  const { rounds, rows, trials, environment, onProgress } = options;
  const plans = Array.from({ length: rounds }, (_, index) =>
    [1, 2].map((trainers) => ({ round: index + 1, trainers, name: `search-${index + 1}-${trainers}` })),
  ).flat();
  const pipelines = Object.fromEntries(plans.map(({ name }) => [name, searchPipeline(name, trials)]));
  const flip = await FlipPlatform.start(pipelines, { ...environment, TRAINER_CONCURRENCY: '1' });
  try {
    const results: ReplicaResult[] = [];
    for (const { round, trainers, name } of plans) {
      const stop = trainers > 1 ? await flip.platform.replica('trainer') : async () => undefined;
      await flip.day(name, { day: REFERENCE_DAY, rows, flipped: false });
      const taken = await searchTimes(flip, name);
      await stop();
      results.push({ round, trainers, ...shareOf(taken, trainers) });
      onProgress(JSON.stringify(results.at(-1)));
    }
    return results;
  } finally {
    await flip.stop();
  }
}

interface Taken {
  readonly seconds: number;
  readonly trials: number;
  readonly trainingSeconds: number;
}

async function searchTimes({ log }: FlipPlatform, name: string): Promise<Taken> {
  const [from, to] = await log.until(`the search of ${name}`, LIMIT_MS, (events) => {
    const own = (kind: string) => events.find((event) => event.name === kind && event.data.pipeline === name);
    const [started, completed] = [own('run-started'), own('run-completed')];
    return started && completed ? ([started, completed] as const) : undefined;
  });
  const trials = log.events.filter((event) => event.name === 'trial-completed' && event.data.pipeline === name);
  const trainingSeconds = trials.reduce((sum, { data }) => sum + Number(data.seconds), 0);
  return { seconds: (to.madeAt - from.madeAt) / 1_000, trials: trials.length, trainingSeconds };
}

const shareOf = ({ seconds, trials, trainingSeconds }: Taken, trainers: number) => ({
  seconds: rounded(seconds),
  trialsPerMinute: rounded((60 * trials) / seconds),
  trainingSeconds: rounded(trainingSeconds),
  busy: rounded(trainingSeconds / (seconds * trainers)),
});
