import { topics } from '@perennial/contracts';
import type { LoggedEvent } from './event.log';
import { dayAfter, flipPipeline } from './flip.day';
import { FlipPlatform, REFERENCE_DAY } from './flip.platform';
import { OtlpCollector } from './otlp.collector';
import { waterfall, type WaterfallStep } from './waterfall';

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

/** Of a topic with several producers the service among them. */
const serviceOf = ({ topic }: LoggedEvent): string =>
  Object.values(topics)
    .find(({ name: each }) => each === topic)
    ?.producers.at(-1) ?? topic;
const ofCycle =
  (day: string) =>
  ({ name: event, data }: LoggedEvent) =>
    event !== 'run-progressed' &&
    (data.cycleId === `${name}/${day}` || (data.day === day && (data.dataset === name || data.view === name)));

/** Asks until a replica serves another version than before; the moment, in milliseconds since 1970. */
async function servedAt(flip: FlipPlatform, before: string | null): Promise<{ version: string; at: number }> {
  const deadline = Date.now() + LIMIT_MS;
  while (Date.now() < deadline) {
    const version = await flip.serving(name);
    if (version !== null && version !== before) return { version, at: Date.now() };
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  const told = flip.log.events.map(({ name: event }) => event).join(', ');
  throw new Error(`no other version than ${before} was served within ${LIMIT_MS} ms; told: ${told}`);
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
  const flip = await FlipPlatform.start(pipelines, { ...environment, ...collector.environment });
  try {
    const measured: LatencyRound[] = [];
    let version: string | null = null;
    for (let round = 0; round <= rounds; round += 1) {
      const first = round === 0;
      const day = {
        day: dayAfter(REFERENCE_DAY, round),
        rows: first ? REFERENCE_ROWS : rows,
        flipped: round % 2 === 1,
      };
      const startedAt = await flip.day(name, day);
      const served = await servedAt(flip, version);
      version = served.version;
      await flip.rolledOut(name, day.day, LIMIT_MS);
      await new Promise((resolve) => setTimeout(resolve, 1_500)); // until the spans have been exported
      const chain = flip.log.events.filter(ofCycle(day.day)).map((event) => ({ ...event, service: serviceOf(event) }));
      const steps = waterfall(startedAt, chain, collector.spans);
      const result = roundOf(day.day, startedAt, served.at, chain, steps);
      onProgress(`${day.day}: ${result.totalMs} ms, of which training ${result.trainingMs} ms`);
      if (!first) measured.push(result);
    }
    return measured;
  } finally {
    await flip.stop();
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
