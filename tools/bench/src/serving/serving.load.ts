import { openModel } from '@perennial/model-runtime';
import { documentedArtifact, syntheticRecords } from '../documented.model';
import { ProcessWatch, type Usage } from '../ingestion/process.watch';
import { median } from '../load/percentiles';
import { inTurn, type OneRowResult, type TurnOptions } from './in.turn';
import { runH2load, runWrk } from './load.generator';
import { fastApiOnnx, fastApiTorch } from './peer.servers';
import { inferMessage, manyRows } from './request.bodies';
import { onStage } from './serving.stage';

export interface ServingOptions extends TurnOptions {
  readonly environment: NodeJS.ProcessEnv;
}

const MANY = 256;

export interface ServingResult extends OneRowResult {
  readonly seconds: number;
  readonly rounds: number;
  readonly grpcPerSecond: number;
  readonly manyRows: { readonly rows: number; readonly rowsPerSecond: number; readonly inProcess: number };
  readonly inference: Usage | undefined;
}

/** Requests of one row against the service and FastAPI in turn, then gRPC and requests of many rows. */
export function measureServing(options: ServingOptions): Promise<ServingResult> {
  const { seconds, rounds } = options;
  return onStage([fastApiTorch, fastApiOnnx], options, async ({ service, contenders }) => {
    const watch = new ProcessWatch([{ name: 'inference', pid: service.pid, url: service.url }]);
    const oneRow = await inTurn(contenders, options);
    const grpcPerSecond = await measureGrpc(service.grpc, options);
    const many = await measureManyRows(service.url, options);
    const [inference] = watch.stop();
    return { seconds, rounds, ...oneRow, grpcPerSecond, manyRows: many, inference };
  });
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
