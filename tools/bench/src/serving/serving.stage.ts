import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { ensurePackages } from '@perennial/python-environment';
import { benchConfig } from '../bench.config';
import type { Contender } from './in.turn';
import { InferenceProcess } from './inference.process';
import { fastApiTorch, type PeerServer } from './peer.servers';
import { singleRow } from './request.bodies';
import { RunningPeer } from './running.peer';

export interface Stage {
  readonly service: InferenceProcess;
  /** The service, then the peers. */
  readonly contenders: readonly Contender[];
}

interface StageOptions {
  /** BENCH_PYTHON: an interpreter with the packages of requirements.txt. */
  readonly environment: NodeJS.ProcessEnv;
  readonly onProgress: (line: string) => void;
}

/** The service and the peers run side by side while `measure` does; whatever was started ends behind it. */
export async function onStage<T>(
  peers: readonly PeerServer[],
  { environment, onProgress }: StageOptions,
  measure: (stage: Stage) => Promise<T>,
): Promise<T> {
  const { peers: directory } = benchConfig([]);
  const home = await mkdtemp(join(tmpdir(), 'bench-peers-'));
  const model = join(home, 'model.onnx');
  const stops = [() => rm(home, { recursive: true, force: true })];
  try {
    const exporting = await interpreter(fastApiTorch, environment, onProgress);
    await promisify(execFile)(exporting, ['tab_transformer.py', model], { cwd: directory });
    const service = await InferenceProcess.start(environment, onProgress);
    stops.push(() => service.stop());
    const ours = { name: 'perennial', url: `${service.url}/predict`, body: JSON.stringify(singleRow().ours) };
    const contenders: Contender[] = [ours];
    for (const peer of peers) {
      const python = await interpreter(peer, environment, onProgress);
      const running = await RunningPeer.start(peer, { python, directory, model });
      stops.push(() => running.stop());
      contenders.push({ name: peer.name, url: running.url, body: peer.body() });
    }
    return await measure({ service, contenders });
  } finally {
    for (const stop of stops.reverse()) await stop();
  }
}

/** Each requirements file has its virtual environment, beside that of the other benchmarks. */
function interpreter(
  { requirements, packages }: PeerServer,
  { BENCH_PYTHON }: NodeJS.ProcessEnv,
  onProgress: StageOptions['onProgress'],
): Promise<string> {
  const { peers, virtualEnvironment } = benchConfig([]);
  const own = /^requirements-(.+)\.txt$/.exec(requirements)?.[1];
  if (own === undefined && BENCH_PYTHON) return Promise.resolve(BENCH_PYTHON);
  const directory = own === undefined ? virtualEnvironment : join(dirname(virtualEnvironment), own);
  return ensurePackages({ directory, requirements: join(peers, requirements) }, packages, onProgress);
}
