import { fork } from 'node:child_process';
import { join } from 'node:path';
import { kafkaVersion, secantusVersion } from '@perennial/local-stack';
import { tableSchema, parsePipeline } from '@perennial/pipeline';
import { batchClosedV1, batchPreparedV1, viewUpdatedV1 } from '@perennial/contracts';
import { EventArrivals } from './event.arrival';
import type { PlainResult } from './plain.child';
import { PlatformProcess } from './platform.process';
import { ProcessWatch, type Usage } from './process.watch';
import { dataset, widePipeline } from './wide.day';

export interface IngestionLoadOptions {
  readonly rows: number;
  readonly perMessage: number;
  readonly limitMs: number;
  readonly environment: NodeJS.ProcessEnv;
  readonly onProgress: (line: string) => void;
}

/** Seconds are counted from the first record that was sent. */
export interface IngestionLoadResult {
  readonly rows: number;
  readonly bytes: number;
  readonly pushedSeconds: number;
  readonly storedSeconds: number;
  readonly preparedSeconds: number;
  readonly viewSeconds: number;
  readonly counts: unknown;
  readonly usage: readonly Usage[];
  /** Reading the same records from the broker into the same file, without any guarantee. */
  readonly plain: PlainResult;
  readonly rowsPerSecondPushed: number;
  readonly rowsPerSecondStored: number;
  /** Above 1: storing a day with all guarantees takes longer than reading it without any. */
  readonly ratioToPlain: number;
  readonly cpuMicrosecondsPerRow: Readonly<Record<string, number>>;
  readonly servers: { readonly kafka: string; readonly secantusdb: string };
}

type Measured = Pick<
  IngestionLoadResult,
  'rows' | 'bytes' | 'pushedSeconds' | 'storedSeconds' | 'preparedSeconds' | 'viewSeconds' | 'counts' | 'usage'
>;

const rounded = (value: number): number => Number(value.toPrecision(3));

function figures(measured: Measured & { plain: PlainResult }): IngestionLoadResult {
  const { rows, pushedSeconds, storedSeconds, plain, usage } = measured;
  return {
    ...measured,
    rowsPerSecondPushed: Math.round(rows / pushedSeconds),
    rowsPerSecondStored: Math.round(rows / storedSeconds),
    ratioToPlain: rounded(storedSeconds / plain.seconds),
    cpuMicrosecondsPerRow: Object.fromEntries(
      usage.map(({ name, cpuSeconds }) => [name, rounded((cpuSeconds / rows) * 1e6)]),
    ),
    servers: { kafka: kafkaVersion, secantusdb: secantusVersion },
  };
}

const REFERENCE_DAY = '2026-03-01';
const LOADED_DAY = '2026-03-02';
const REFERENCE_ROWS = 2_000;

interface Pushed {
  readonly startedAt: number;
  readonly endedAt: number;
  readonly bytes: number;
}

/** One piece of work in a process of its own, in a session of its own: as if it ran elsewhere. */
function inChild<T>(file: string, work: object, onPid: (pid: number) => void = () => undefined): Promise<T> {
  return new Promise((resolve, reject) => {
    const child = fork(join(__dirname, file), { execArgv: [], detached: true });
    if (child.pid !== undefined) onPid(child.pid);
    child.once('message', (message) => resolve(message as T));
    child.once('exit', (code) => reject(new Error(`${file} ended with ${code}`)));
    child.send(work);
  });
}

/** A day and its manifest. */
export const push = (broker: string, day: string, rows: number, perMessage: number, onPid?: (pid: number) => void) =>
  inChild<Pushed>('push.child.js', { broker, day, rows, perMessage, seed: 11 }, onPid);

function readPlainly(broker: string, rows: number): Promise<PlainResult> {
  const pipeline = parsePipeline(widePipeline(REFERENCE_DAY), {}).ok;
  const columns = tableSchema(pipeline?.dataset ?? { columns: [] });
  return inChild<PlainResult>('plain.child.js', { broker, day: LOADED_DAY, rows, columns });
}

export const ofDay =
  (type: string, day: string) =>
  (arrival: { type: string; data: Record<string, unknown> }): boolean =>
    arrival.type === type && arrival.data.dataset === dataset && arrival.data.day === day;

/** Starts the platform, pushes a day of `rows` rows and follows it until it can be read as features. */
export async function measureIngestion(options: IngestionLoadOptions): Promise<IngestionLoadResult> {
  const { rows, perMessage, limitMs, environment, onProgress } = options;
  const platform = await PlatformProcess.start({ wide: widePipeline(REFERENCE_DAY) }, environment);
  const arrivals = new EventArrivals();
  try {
    onProgress(`the platform is up under ${platform.home}`);
    await arrivals.start(platform.kafka);
    await push(platform.kafka, REFERENCE_DAY, REFERENCE_ROWS, perMessage);
    await arrivals.first('the reference day', limitMs, ofDay(viewUpdatedV1.type, REFERENCE_DAY));
    const loaded = await measured(platform, arrivals, { rows, perMessage, limitMs, onProgress });
    const plain = await readPlainly(platform.kafka, rows);
    onProgress(`read without guarantees in ${plain.seconds.toFixed(1)} s`);
    return figures({ ...loaded, plain });
  } finally {
    await arrivals.stop();
    await platform.stop();
  }
}

async function measured(
  platform: PlatformProcess,
  arrivals: EventArrivals,
  { rows, perMessage, limitMs, onProgress }: Omit<IngestionLoadOptions, 'environment'>,
): Promise<Measured> {
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
