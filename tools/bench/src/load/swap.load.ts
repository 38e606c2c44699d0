import { setTimeout as pause } from 'node:timers/promises';
import { dayAfter, flipPipeline } from './flip.day';
import { FlipPlatform, predictionBodies, REFERENCE_DAY, textAt } from './flip.platform';
import { type ClientSummary, PredictionClient } from './prediction.client';

export interface SwapOptions {
  readonly swaps: number;
  readonly perSecond: number;
  readonly environment: NodeJS.ProcessEnv;
  readonly onProgress: (line: string) => void;
}

export interface SwapResult {
  readonly swaps: number;
  /** Of these, how many loaded a model that was not in memory. */
  readonly loads: number;
  readonly seconds: number;
  readonly predictions: ClientSummary;
}

const name = 'flip';
const LIMIT_MS = 120_000;
const PROGRESS_EVERY = 50;

interface Deployment {
  phase: string;
  serving: string;
  releases: string[];
  traffic: { sequence: number; arms: { name: string; version: string }[] };
}

/** The traffic of a pipeline that is changed all the time, while requests keep coming. */
class Swapping {
  constructor(private readonly flip: FlipPlatform) {}

  private get path(): string {
    return `${this.flip.urlOf('deployer')}/api/v1/deployments/${name}`;
  }

  async deployment(): Promise<Deployment> {
    return JSON.parse(await textAt(this.path)) as Deployment;
  }

  /** Resolves once the replica routes it, and the deployer knows. */
  async change(body: object): Promise<void> {
    const response = await fetch(`${this.path}/traffic`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ by: 'bench', reason: 'swap', ...body }),
    });
    if (!response.ok) throw new Error(`the deployer answered ${response.status}: ${await response.text()}`);
    const { traffic } = (await response.json()) as Deployment;
    const until = Date.now() + LIMIT_MS;
    while (Date.now() < until) {
      const info = await textAt(`${this.flip.urlOf('inference')}/model-info?model=${name}`);
      const { sequence } = (JSON.parse(info) as { rollout: { sequence: number } }).rollout;
      if (sequence >= traffic.sequence && (await this.deployment()).phase === 'completed') return;
      await pause(20);
    }
    throw new Error(`traffic ${traffic.sequence} is not routed within ${LIMIT_MS / 1_000} s`);
  }
}

/** Half of the changes share the traffic with a version that has to be loaded, the others let it take all of it. */
export async function measureSwaps({ swaps, perSecond, environment, onProgress }: SwapOptions): Promise<SwapResult> {
  const pipelines = { [name]: flipPipeline({ name, referenceDay: REFERENCE_DAY }) };
  const flip = await FlipPlatform.start(pipelines, environment);
  let client: PredictionClient | undefined;
  try {
    await flip.day(name, { day: REFERENCE_DAY, rows: 400, flipped: false });
    await flip.rolledOut(name, REFERENCE_DAY);
    const next = dayAfter(REFERENCE_DAY);
    await flip.day(name, { day: next, rows: 400, flipped: true });
    await flip.rolledOut(name, next);
    const swapping = new Swapping(flip);
    const url = `${flip.urlOf('inference')}/predict`;
    client = PredictionClient.start({ url, bodies: predictionBodies(name, 500), perSecond });
    const startedAt = Date.now();
    let loads = 0;
    for (let swap = 0; swap < swaps; swap += 1) {
      const { serving, releases } = await swapping.deployment();
      const other = releases.find((version) => version !== serving);
      if (swap % 2 === 0) {
        loads += 1;
        const arms = [
          { name: 'stable', version: serving, weight: 50 },
          { name: 'other', version: other, weight: 50 },
        ];
        await swapping.change({ action: 'weights', arms });
      } else await swapping.change({ action: 'promote', arm: 'other' });
      if ((swap + 1) % PROGRESS_EVERY === 0) onProgress(`${swap + 1} swaps`);
    }
    const predictions = await client.take();
    return { swaps, loads, seconds: (Date.now() - startedAt) / 1_000, predictions };
  } finally {
    client?.stop();
    await flip.stop();
  }
}
