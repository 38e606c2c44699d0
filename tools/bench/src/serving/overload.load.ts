import { type Usage, ProcessWatch } from '../ingestion/process.watch';
import { type ClientSummary, PredictionClient } from '../load/prediction.client';
import { InferenceProcess } from './inference.process';
import { type LoadFigures, runWrk } from './load.generator';
import { manyRows } from './request.bodies';

export interface OverloadOptions {
  readonly seconds: number;
  readonly rows: number;
  readonly environment: NodeJS.ProcessEnv;
  readonly onProgress: (line: string) => void;
}

export interface OverloadResult {
  readonly rows: number;
  /** As many connections as keep the model busy, and find room in its queue. */
  readonly peak: LoadFigures;
  /** Requests sent at a fixed rate, whatever is answered. */
  readonly overload: ClientSummary;
  readonly answeredPerSecond: number;
  /** All requests by what the peak answers. */
  readonly offered: number;
  /** Answered requests by what the peak answers. */
  readonly goodput: number;
  readonly before: Usage | undefined;
  readonly during: Usage | undefined;
}

const PEAK_CONNECTIONS = 12;
const OVERLOAD = 3;
const PEAK_SECONDS = 10;

/** Requests of many rows, so that it is the model that has too much to do. */
export async function measureOverload(options: OverloadOptions): Promise<OverloadResult> {
  const { seconds, rows, environment, onProgress } = options;
  const waiting = { INFERENCE_MAX_QUEUED_ROWS: String(rows * 16) };
  const service = await InferenceProcess.start(environment, onProgress, waiting);
  try {
    const load = { url: `${service.url}/predict`, body: manyRows(rows), connections: PEAK_CONNECTIONS };
    await runWrk({ ...load, seconds: 3 });
    const watched = { name: 'inference', pid: service.pid, url: service.url };
    const quiet = new ProcessWatch([watched]);
    const peak = await runWrk({ ...load, seconds: PEAK_SECONDS });
    const [before] = quiet.stop();
    onProgress(`peak: ${JSON.stringify(peak)}`);
    const watch = new ProcessWatch([watched]);
    const client = PredictionClient.start({ url: load.url, bodies: [load.body], perSecond: OVERLOAD * peak.perSecond });
    await new Promise((resolve) => setTimeout(resolve, seconds * 1_000));
    const overload = await client.take();
    client.stop();
    const [during] = watch.stop();
    onProgress(`overload: ${JSON.stringify(overload)}`);
    const answeredPerSecond = Math.round((overload.requests - overload.failures) / seconds);
    const share = (rate: number) => Number((rate / peak.perSecond).toFixed(2));
    const [offered, goodput] = [share(overload.requests / seconds), share(answeredPerSecond)];
    return { rows, peak, overload, answeredPerSecond, offered, goodput, before, during };
  } finally {
    await service.stop();
  }
}
