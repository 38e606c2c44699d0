import { yieldSession } from '@perennial/compute-thread';
import { batchClosedV1 } from '@perennial/contracts';
import { push } from '../ingestion/ingestion.load';
import { ProcessWatch, type Usage } from '../ingestion/process.watch';
import { dataset as wide, widePipeline } from '../ingestion/wide.day';
import { dayAfter, flipPipeline } from './flip.day';
import { FlipPlatform, predictionBodies, REFERENCE_DAY } from './flip.platform';
import { type ClientSummary, PredictionClient } from './prediction.client';

export interface PredictionLoadOptions {
  readonly rows: number;
  readonly perSecond: number;
  readonly idleSeconds: number;
  readonly environment: NodeJS.ProcessEnv;
  readonly onProgress: (line: string) => void;
}

export interface PredictionLoadResult {
  readonly perSecond: number;
  readonly idle: ClientSummary;
  readonly loaded: ClientSummary;
  readonly p99Ratio: number;
  readonly loadedSeconds: number;
  readonly rows: number;
  readonly storedSeconds: number;
  readonly cycle: string;
  readonly usage: readonly Usage[];
}

const name = 'flip';
/** Trains for as long as a million rows take, and not much longer. */
const EPOCHS = 400;
const PER_MESSAGE = 500;
const LIMIT_MS = 900_000;

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** It stands for other machines: what it uses of the processor is not to be missing to what is measured. */
const PRODUCER_NICENESS = 10;

/** The latency of predictions while nothing else happens, and while a large day comes in and a cycle trains. */
export async function measurePredictions(options: PredictionLoadOptions): Promise<PredictionLoadResult> {
  const { rows, perSecond, idleSeconds, environment, onProgress } = options;
  const pipelines = {
    [name]: flipPipeline({ name, referenceDay: REFERENCE_DAY, epochs: EPOCHS }),
    [wide]: widePipeline(REFERENCE_DAY),
  };
  const flip = await FlipPlatform.start(pipelines, environment);
  let client: PredictionClient | undefined;
  try {
    await flip.day(name, { day: REFERENCE_DAY, rows: 400, flipped: false });
    await flip.rolledOut(name, REFERENCE_DAY);
    const url = `${flip.urlOf('inference')}/predict`;
    client = PredictionClient.start({ url, bodies: predictionBodies(name, 500), perSecond });
    await pause(10_000);
    await client.take(); // warming up
    await pause(idleSeconds * 1_000);
    const idle = await client.take();
    onProgress(`idle: ${JSON.stringify(idle)}`);
    const watch = new ProcessWatch(await flip.platform.processes());
    await client.take();
    const startedAt = Date.now();
    const next = dayAfter(REFERENCE_DAY);
    await flip.day(name, { day: next, rows: 10_000, flipped: true });
    await push(flip.platform.kafka, next, rows, PER_MESSAGE, (pid) => yieldSession(PRODUCER_NICENESS, pid));
    const stored = await flip.log.until('the stored day', LIMIT_MS, (events) =>
      events.find((event) => event.name === nameOf(batchClosedV1.type) && event.data.dataset === wide),
    );
    const loaded = await client.take();
    const loadedSeconds = (Date.now() - startedAt) / 1_000;
    onProgress(`loaded: ${JSON.stringify(loaded)}`);
    const usage = watch.stop();
    const { name: cycle } = await flip.ended(name, next);
    return {
      ...{ perSecond, idle, loaded, p99Ratio: Math.round((loaded.p99Ms / idle.p99Ms) * 100) / 100 },
      ...{ rows, storedSeconds: (stored.storedAt - startedAt) / 1_000, loadedSeconds, cycle, usage },
    };
  } finally {
    client?.stop();
    await flip.stop();
  }
}

const nameOf = (type: string): string => type.split('.').at(-1) ?? type;
