import { fork } from 'node:child_process';
import { join } from 'node:path';
import { batchClosedV1, batchPreparedV1, viewUpdatedV1 } from '@perennial/contracts';
import { EventArrivals } from './event.arrival';
import { PlatformProcess } from './platform.process';
import { ProcessWatch, type Usage } from './process.watch';
import { dataset, widePipeline } from './wide.day';

export interface LoadOptions {
  readonly rows: number;
  readonly perMessage: number;
  readonly limitMs: number;
  readonly environment: NodeJS.ProcessEnv;
  readonly onProgress: (line: string) => void;
}

/** Seconds are counted from the first record that was sent. */
export interface LoadResult {
  readonly rows: number;
  readonly bytes: number;
  readonly pushedSeconds: number;
  readonly storedSeconds: number;
  readonly preparedSeconds: number;
  readonly viewSeconds: number;
  readonly counts: unknown;
  readonly usage: readonly Usage[];
}

const REFERENCE_DAY = '2026-03-01';
const LOADED_DAY = '2026-03-02';
const REFERENCE_ROWS = 2_000;

interface Pushed {
  readonly startedAt: number;
  readonly endedAt: number;
  readonly bytes: number;
}

/** In a process of its own, as a producer is. */
function push(broker: string, day: string, rows: number, perMessage: number, onPid: (pid: number) => void) {
  return new Promise<Pushed>((resolve, reject) => {
    const child = fork(join(__dirname, 'push.child.js'), { execArgv: [] });
    if (child.pid !== undefined) onPid(child.pid);
    child.once('message', (message) => resolve(message as Pushed));
    child.once('exit', (code) => reject(new Error(`the producer ended with ${code}`)));
    child.send({ broker, day, rows, perMessage, seed: 11 });
  });
}

const ofDay =
  (type: string, day: string) =>
  (arrival: { type: string; data: Record<string, unknown> }): boolean =>
    arrival.type === type && arrival.data.dataset === dataset && arrival.data.day === day;

/** Starts the platform, pushes a day of `rows` rows and follows it until it can be read as features. */
export async function runLoad(options: LoadOptions): Promise<LoadResult> {
  const { rows, perMessage, limitMs, environment, onProgress } = options;
  const platform = await PlatformProcess.start({ wide: widePipeline(REFERENCE_DAY) }, environment);
  const arrivals = new EventArrivals();
  try {
    onProgress(`the platform is up under ${platform.home}`);
    await arrivals.start(platform.kafka);
    await push(platform.kafka, REFERENCE_DAY, REFERENCE_ROWS, perMessage, () => undefined);
    await arrivals.first('the reference day', limitMs, ofDay(viewUpdatedV1.type, REFERENCE_DAY));
    return await measured(platform, arrivals, { rows, perMessage, limitMs, onProgress });
  } finally {
    await arrivals.stop();
    await platform.stop();
  }
}

async function measured(
  platform: PlatformProcess,
  arrivals: EventArrivals,
  { rows, perMessage, limitMs, onProgress }: Omit<LoadOptions, 'environment'>,
): Promise<LoadResult> {
  const watch = new ProcessWatch(await platform.processes());
  const pushed = await push(platform.kafka, LOADED_DAY, rows, perMessage, (pid) =>
    watch.add({ name: 'producer', pid }),
  );
  const seconds = (at: number) => (at - pushed.startedAt) / 1_000;
  onProgress(`${rows} rows (${pushed.bytes} bytes) pushed in ${seconds(pushed.endedAt)} s`);
  const stage = async (what: string, type: string) => {
    const arrival = await arrivals.first(what, limitMs, ofDay(type, LOADED_DAY));
    onProgress(`${what} after ${seconds(arrival.at)} s`);
    return arrival;
  };
  const stored = await stage('stored', batchClosedV1.type);
  const prepared = await stage('prepared', batchPreparedV1.type);
  const view = await stage('in its view', viewUpdatedV1.type);
  return {
    rows,
    bytes: pushed.bytes,
    pushedSeconds: seconds(pushed.endedAt),
    storedSeconds: seconds(stored.at),
    preparedSeconds: seconds(prepared.at),
    viewSeconds: seconds(view.at),
    counts: stored.data.rows,
    usage: watch.stop(),
  };
}
