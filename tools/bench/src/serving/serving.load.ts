import { ensurePackages } from '@perennial/python-environment';
import { benchConfig } from '../bench.config';
import { documentedArtifact, syntheticRecords } from '../documented.model';
import { openModel } from '@perennial/model-runtime';
import { median } from '../load/percentiles';
import { ProcessWatch, type Usage } from '../ingestion/process.watch';
import { InferenceProcess } from './inference.process';
import { type LoadFigures, runH2load, runWrk } from './load.generator';
import { PythonServer } from './python.server';
import { inferMessage, manyRows, singleRow } from './request.bodies';

export interface ServingOptions {
  readonly rounds: number;
  readonly seconds: number;
  readonly environment: NodeJS.ProcessEnv;
  readonly onProgress: (line: string) => void;
}

const CONNECTIONS = [1, 16, 64] as const;
const MANY = 256;
/** Until code is compiled, also that of the broker, which is told of every prediction. */
const WARM_UP_SECONDS = 10;
const PACKAGES = ['fastapi', 'uvicorn', 'uvloop', 'httptools', 'onnx', 'onnxruntime', 'numpy', 'torch'];

interface Contender {
  readonly name: string;
  readonly url: string;
  readonly body: string;
}

interface Figures {
  readonly connections: number;
  readonly perSecond: { readonly min: number; readonly median: number; readonly max: number };
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly failed: number;
}

export interface ServingResult {
  readonly seconds: number;
  readonly rounds: number;
  readonly oneRow: readonly { readonly name: string; readonly at: readonly Figures[] }[];
  /** Ours by the peer's, of the medians, by connections. */
  readonly ratios: readonly { readonly peer: string; readonly at: readonly number[] }[];
  readonly grpcPerSecond: number;
  readonly manyRows: { readonly rows: number; readonly rowsPerSecond: number; readonly inProcess: number };
  readonly inference: Usage | undefined;
}

/** Requests of one row against the service and its peers in turn, then gRPC and requests of many rows. */
export async function measureServing(options: ServingOptions): Promise<ServingResult> {
  const { environment, onProgress } = options;
  const { peers, virtualEnvironment } = benchConfig([]);
  const requirements = `${peers}/requirements.txt`;
  const python =
    environment.BENCH_PYTHON ??
    (await ensurePackages({ directory: virtualEnvironment, requirements }, PACKAGES, onProgress));
  const stops: (() => Promise<void>)[] = [];
  try {
    const service = await InferenceProcess.start(environment, onProgress);
    stops.push(() => service.stop());
    const torch = await PythonServer.start(python, peers, 'torch', 1);
    stops.push(() => torch.stop());
    const onnx = await PythonServer.start(python, peers, 'onnxruntime', 2);
    stops.push(() => onnx.stop());
    const bodies = singleRow();
    const contenders = [
      { name: 'perennial', url: `${service.url}/predict`, body: bodies.ours },
      { name: 'FastAPI + PyTorch, 1 worker', url: torch.url, body: bodies.peers },
      { name: 'FastAPI + ONNX Runtime, 2 workers', url: onnx.url, body: bodies.peers },
    ];
    const watch = new ProcessWatch([{ name: 'inference', pid: service.pid, url: service.url }]);
    const oneRow = await inTurn(contenders, options);
    const grpcPerSecond = await measureGrpc(service.grpc, options);
    const many = await measureManyRows(service.url, options);
    const [inference] = watch.stop();
    return {
      ...{ seconds: options.seconds, rounds: options.rounds, oneRow, ratios: ratiosOf(oneRow) },
      ...{ grpcPerSecond, manyRows: many, inference },
    };
  } finally {
    for (const stop of stops.reverse()) await stop();
  }
}

async function inTurn(contenders: readonly Contender[], { rounds, seconds, onProgress }: ServingOptions) {
  const figures = new Map<string, LoadFigures[]>();
  for (const { url, body } of contenders) await runWrk({ url, body, connections: 16, seconds: WARM_UP_SECONDS });
  for (let round = 1; round <= rounds; round += 1) {
    for (const connections of CONNECTIONS) {
      for (const { name, url, body } of contenders) {
        const found = await runWrk({ url, body, connections, seconds });
        const key = `${name} ${connections}`;
        figures.set(key, [...(figures.get(key) ?? []), found]);
        onProgress(`round ${round}, ${connections} connections, ${name}: ${JSON.stringify(found)}`);
      }
    }
  }
  return contenders.map(({ name }) => ({
    name,
    at: CONNECTIONS.map((connections) => together(connections, figures.get(`${name} ${connections}`) ?? [])),
  }));
}

function together(connections: number, rounds: readonly LoadFigures[]): Figures {
  const rates = rounds.map(({ perSecond }) => perSecond);
  return {
    connections,
    perSecond: { min: Math.min(...rates), median: median(rates), max: Math.max(...rates) },
    p50Ms: median(rounds.map(({ p50Ms }) => p50Ms)),
    p99Ms: median(rounds.map(({ p99Ms }) => p99Ms)),
    failed: rounds.reduce((sum, { refused, broken }) => sum + refused + broken, 0),
  };
}

function ratiosOf([ours, ...peers]: ServingResult['oneRow']): ServingResult['ratios'] {
  const ratio = (at: Figures, index: number) => (ours?.at[index]?.perSecond.median ?? NaN) / at.perSecond.median;
  return peers.map(({ name, at }) => ({
    peer: name,
    at: at.map((each, index) => Number(ratio(each, index).toFixed(2))),
  }));
}

async function measureGrpc(address: string, { rounds, seconds, onProgress }: ServingOptions): Promise<number> {
  const call = await inferMessage(address);
  const rates: number[] = [];
  for (let round = 1; round <= rounds; round += 1) {
    rates.push(await runH2load({ ...call, connections: 4, streams: 8, seconds }));
    onProgress(`gRPC: ${rates.at(-1)} calls/s`);
  }
  return median(rates);
}

/** Beside the rows that the same worker predicts in a process that has nothing else to do. */
async function measureManyRows(url: string, { rounds, seconds, onProgress }: ServingOptions) {
  const served: number[] = [];
  const inProcess: number[] = [];
  const model = await openModel(documentedArtifact(), { name: 'bench', version: '1' });
  const records = syntheticRecords(MANY, 9);
  const load = { url: `${url}/predict`, body: manyRows(MANY), connections: 4, seconds };
  for (let round = 1; round <= rounds; round += 1) {
    served.push((await runWrk(load)).perSecond * MANY);
    const startedAt = performance.now();
    let done = 0;
    for (; performance.now() - startedAt < seconds * 1_000; done += 2) {
      await Promise.all([model.predict(records), model.predict(records)]);
    }
    inProcess.push(Math.round((done * MANY * 1_000) / (performance.now() - startedAt)));
    onProgress(`${MANY} rows a request: ${served.at(-1)} rows/s, in process ${inProcess.at(-1)}`);
  }
  await model.close();
  return { rows: MANY, rowsPerSecond: median(served), inProcess: median(inProcess) };
}
