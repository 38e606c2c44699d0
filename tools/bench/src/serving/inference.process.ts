import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defaultArtifacts, freePort, startStack, stopStack } from '@perennial/local-stack';
import { BenchError } from '../bench.error';
import { documentedArtifact } from '../documented.model';

const program = join(__dirname, '..', '..', '..', '..', 'services', 'inference', 'dist', 'main.js');
const START_LIMIT_MS = 60_000;
/** As docs/serving.md advises: without a bound the heap collects its garbage late. */
const NODE_OPTIONS = '--max-old-space-size=160';
const version = '20260101_000000';
const SERVING = 'ok';

const declaration = `apiVersion: perennial/v1
kind: Pipeline
name: bench
dataset:
  recordId: id
  target: { column: label, positive: 1 }
  columns:
    - { name: id, type: string }
    - { name: amount_0, type: number }
    - { name: label, type: integer }
reference: { day: '2026-01-01' }
`;

/**
 * The inference service as it runs in an installation: a process of its own with a Kafka and a database, on which it
 * logs and stores every prediction. The model lies in its deployed folder.
 */
export class InferenceProcess {
  private constructor(
    readonly url: string,
    readonly grpc: string,
    readonly pid: number,
    private readonly child: ChildProcess,
    private readonly home: string,
  ) {}

  static async start(
    environment: NodeJS.ProcessEnv,
    onProgress: (line: string) => void,
    settings: Readonly<Record<string, string>> = {},
  ): Promise<InferenceProcess> {
    const home = await mkdtemp(join(tmpdir(), 'perennial-serving-'));
    const artifacts = environment.PERENNIAL_ARTIFACTS ?? defaultArtifacts();
    const stack = await startStack({ home, artifacts, onProgress });
    const [port, grpcPort] = [await freePort(8_080), await freePort(9_000)];
    const env = {
      ...environment,
      ...{ KAFKA_BROKERS: stack.kafka, MONGO_URL: stack.mongo, PORT: String(port), GRPC_PORT: String(grpcPort) },
      ...{ PIPELINES: join(home, 'pipelines'), DEPLOYED_DIR: join(home, 'deployed'), LOG_LEVEL: 'warn' },
      ...{ NODE_ENV: 'production', NODE_OPTIONS, ...settings },
    };
    await deploy(home);
    const child = spawn(process.execPath, [program], { env, stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
    const url = `http://127.0.0.1:${port}`;
    const service = new InferenceProcess(url, `127.0.0.1:${grpcPort}`, child.pid as number, child, home);
    try {
      await service.ready();
      return service;
    } catch (error) {
      await service.stop();
      throw error;
    }
  }

  async metrics(): Promise<string> {
    return (await fetch(`${this.url}/metrics`)).text();
  }

  async stop(): Promise<void> {
    if (this.child.exitCode === null && this.child.kill('SIGTERM')) await once(this.child, 'exit');
    await stopStack({ home: this.home });
    await rm(this.home, { recursive: true, force: true });
  }

  private async ready(): Promise<void> {
    for (const limit = Date.now() + START_LIMIT_MS; Date.now() < limit && this.child.exitCode === null;) {
      const answer = await fetch(`${this.url}/health`).catch(() => undefined);
      const { status } = ((await answer?.json()) ?? {}) as { status?: string };
      if (status === SERVING) return;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
    throw new BenchError('bench.peer-failed', 'the inference service did not come up; its log is above');
  }
}

/** As the deployer leaves it. */
async function deploy(home: string): Promise<void> {
  const folder = join(home, 'deployed', 'bench');
  await Promise.all([mkdir(folder, { recursive: true }), mkdir(join(home, 'pipelines'))]);
  const model = documentedArtifact();
  const digest = `sha256:${createHash('sha256').update(model).digest('hex')}`;
  const file = { pipeline: 'bench', version, digest, rolloutId: 'bench.1', sequence: 1 };
  await writeFile(join(folder, 'current_model.onnx'), model);
  await writeFile(join(folder, 'version.json'), JSON.stringify(file));
  await writeFile(join(home, 'pipelines', 'bench.yaml'), declaration);
}
