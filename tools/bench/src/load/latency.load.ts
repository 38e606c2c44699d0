import { get } from 'node:http';
import { json } from 'node:stream/consumers';
import { PlatformProcess } from '../ingestion/platform.process';
import { DayProducer } from './day.producer';
import { EventLog, type LoggedEvent } from './event.log';
import { dayAfter, flipPipeline } from './flip.day';
import { OtlpCollector } from './otlp.collector';
import { waterfall, type WaterfallStep } from './waterfall';

const REFERENCE_DAY = '2026-03-02';
const REFERENCE_ROWS = 2_000;
const name = 'flip';
const LIMIT_MS = 240_000;

export interface LatencyOptions {
  readonly rows: number;
  readonly rounds: number;
  readonly environment: NodeJS.ProcessEnv;
  readonly onProgress: (line: string) => void;
}

export interface LatencyRound {
  readonly day: string;
  /** From the acknowledged manifest until a replica answered with the new version. */
  readonly totalMs: number;
  /** From the trainer's start of the run to its result: reading the rows, training, storing the artifact. */
  readonly trainingMs: number;
  readonly withoutTrainingMs: number;
  readonly steps: readonly WaterfallStep[];
}

const makers: Record<string, string> = {
  ingestion: 'ingestion',
  preprocessing: 'preprocessing',
  features: 'feature-store',
  evaluation: 'evaluator',
  training: 'trainer',
  registry: 'registry',
  deployment: 'deployer',
};

const serviceOf = ({ topic }: LoggedEvent): string => makers[topic.split('.')[1] ?? ''] ?? topic;
const ofCycle = (day: string) => (event: LoggedEvent) =>
  event.data.cycleId === `${name}/${day}` ||
  (event.data.day === day && (event.data.dataset === name || event.data.view === name));

/** Asks until a replica serves another version than before; the moment, in milliseconds since 1970. */
async function servedAt(url: string, before: string | null): Promise<{ version: string; at: number }> {
  const deadline = Date.now() + LIMIT_MS;
  while (Date.now() < deadline) {
    const version = await servingVersion(url);
    if (version !== null && version !== before) return { version, at: Date.now() };
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  throw new Error(`no other version than ${before} was served within ${LIMIT_MS} ms`);
}

function servingVersion(url: string): Promise<string | null> {
  return new Promise((resolve, reject) => {
    get(`${url}/model-info?model=${name}`, (response) => {
      json(response).then((body) => resolve((body as { version?: string }).version ?? null), reject);
    }).once('error', reject);
  });
}

/** Days whose labels are those of the day before turned round: each ends with a new version that serves. */
export async function measureLatency({
  rows,
  rounds,
  environment,
  onProgress,
}: LatencyOptions): Promise<LatencyRound[]> {
  const collector = await OtlpCollector.start();
  const pipelines = { [name]: flipPipeline({ name, referenceDay: REFERENCE_DAY }) };
  const platform = await PlatformProcess.start(pipelines, { ...environment, ...collector.environment });
  const log = await EventLog.follow(platform.kafka);
  const producer = await DayProducer.connect(platform.kafka);
  try {
    const inference = (await platform.processes()).find((each) => each.name === 'inference')?.url ?? '';
    const measured: LatencyRound[] = [];
    let version: string | null = null;
    for (let round = 0; round <= rounds; round += 1) {
      const day = {
        day: dayAfter(REFERENCE_DAY, round),
        rows: round === 0 ? REFERENCE_ROWS : rows,
        flipped: round % 2 === 1,
      };
      await producer.push(name, day);
      const startedAt = await producer.close(name, day);
      const served = await servedAt(inference, version);
      version = served.version;
      const done = await log.until('rollout-completed', LIMIT_MS, (events) =>
        events.find((event) => event.name === 'rollout-completed' && event.data.version === version),
      );
      await new Promise((resolve) => setTimeout(resolve, 1_500)); // until the spans have been exported
      const chain = log.events.filter(ofCycle(day.day)).filter(({ name: each }) => each !== 'run-progressed');
      const steps = waterfall(
        startedAt,
        [...new Set([...chain, done])].map((event) => ({ ...event, service: serviceOf(event) })),
        collector.spans,
      );
      const result = roundOf(day.day, startedAt, served.at, chain, steps);
      onProgress(`${day.day}: ${result.totalMs} ms, of which training ${result.trainingMs} ms`);
      if (round > 0) measured.push(result);
    }
    return measured;
  } finally {
    await Promise.all([producer.stop(), log.stop()]);
    await platform.stop();
    await collector.stop();
  }
}

function roundOf(
  day: string,
  startedAt: number,
  servedTime: number,
  chain: readonly LoggedEvent[],
  steps: readonly WaterfallStep[],
): LatencyRound {
  const storedAt = (event: string) => chain.find(({ name: each }) => each === event)?.storedAt ?? NaN;
  const totalMs = servedTime - startedAt;
  const trainingMs = storedAt('run-completed') - storedAt('run-started');
  return { day, totalMs, trainingMs, withoutTrainingMs: totalMs - trainingMs, steps };
}
