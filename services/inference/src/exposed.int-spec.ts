import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Client, credentials, Metadata, type ServiceError, status } from '@grpc/grpc-js';
import { createKey, emptyKeys, newKeyParts, revokeKey } from '@perennial/access';
import { eventually } from '@perennial/service-testing';
import { inferenceService } from './interface/grpc/inference.definition';
import { credit, creditModel, digestOf } from './testing/artifact.examples';

const suffix = randomUUID().slice(0, 8);
const pipeline = `open-${suffix}`;
const declaration = `
apiVersion: perennial/v1
kind: Pipeline
name: ${pipeline}
dataset:
  recordId: id
  target: { column: y, positive: 1 }
  columns:
    - { name: id, type: string }
    - { name: limit_bal, type: number }
    - { name: y, type: integer }
reference: { day: '2026-01-01' }
`;
const [first] = credit.rows;
const body = JSON.stringify({ instances: [first] });
const tensors = [
  ...['limit_bal', 'age', 'approved_on'].map((name) => ({
    ...{ name, datatype: 'FP32', shape: [1, 1] },
    contents: { fp32_contents: [first?.[name] ?? NaN] },
  })),
  ...['sex', 'education'].map((name) => ({
    ...{ name, datatype: 'BYTES', shape: [1, 1] },
    contents: { bytes_contents: [Buffer.from(String(first?.[name] ?? ''))] },
  })),
];

/** The service as a process of its own, as it runs in production, with the model that was deployed last. */
class Inference {
  output = '';
  url = '';
  private constructor(readonly child: ChildProcess) {}

  static start(folder: string, env: Record<string, string>): Inference {
    const main = resolve(__dirname, '../dist/main.js');
    const { KAFKA_BROKERS, MONGO_URL } = process.env;
    if (!KAFKA_BROKERS || !MONGO_URL) throw new Error('KAFKA_BROKERS and MONGO_URL must name running servers');
    const variables = {
      ...{ KAFKA_BROKERS, MONGO_URL, MONGO_DATABASE: `open_${suffix}`, GROUP_SUFFIX: `-${suffix}` },
      ...{ PIPELINES: folder, DEPLOYED_DIR: folder, PORT: '0', GRPC_PORT: '0', PATH: process.env.PATH, ...env },
    };
    const child = spawn(process.execPath, [main], { env: variables, stdio: ['ignore', 'pipe', 'pipe', 'ipc'] });
    const service = new Inference(child);
    for (const stream of [child.stdout, child.stderr])
      stream?.setEncoding('utf8').on('data', (text) => (service.output += String(text)));
    child.on('message', ({ ready }: { ready?: string }) => {
      if (ready) service.url = ready.replace('0.0.0.0', '127.0.0.1');
    });
    return service;
  }

  get ended(): boolean {
    return this.child.exitCode !== null || this.child.signalCode !== null;
  }

  async up(): Promise<void> {
    await eventually(() => {
      if (this.ended) throw new Error(this.output);
      return this.url !== '' || undefined;
    }, 60_000);
  }

  async end(): Promise<number | null> {
    if (!this.ended) await once(this.child, 'exit');
    return this.child.exitCode;
  }

  async stop(): Promise<void> {
    if (!this.ended) this.child.kill('SIGKILL');
    await this.end();
  }
}

describe('inference that others can reach', () => {
  const folder = mkdtempSync(join(tmpdir(), 'open-'));
  const keysFile = join(folder, 'keys.json');
  const made = (name: string, scopes: string[], document = emptyKeys) =>
    createKey(document, { name, scopes, lifetimeMs: null }, newKeyParts(randomBytes(38)), Date.now());
  const caller = made('caller', [`predict@${pipeline}`]);
  const passing = made('passing', ['predict', 'models:read'], caller.document);
  const model = Buffer.from(creditModel);
  let service: Inference;
  let grpc: Client;

  const post = (key: string | undefined) =>
    fetch(`${service.url}/predict`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(key ? { authorization: `Bearer ${key}` } : {}) },
      body,
    });
  const infer = (key: string) => {
    const metadata = new Metadata();
    metadata.set('authorization', `Bearer ${key}`);
    const message = { model_name: pipeline, inputs: tensors };
    const unary = (grpc as unknown as Record<string, (...args: unknown[]) => void>).ModelInfer;
    return new Promise<{ code: number; details: string }>((done) =>
      unary?.call(grpc, message, metadata, { deadline: Date.now() + 30_000 }, (error: ServiceError | null) =>
        done(error ? { code: error.code, details: error.details } : { code: status.OK, details: '' }),
      ),
    );
  };

  beforeAll(async () => {
    writeFileSync(join(folder, 'pipeline.yaml'), declaration);
    const deployed = { pipeline, version: '20260101_000001', rolloutId: 'r', sequence: 1, digest: digestOf(model) };
    mkdirSync(join(folder, pipeline));
    writeFileSync(join(folder, pipeline, 'version.json'), JSON.stringify(deployed));
    writeFileSync(join(folder, pipeline, 'current_model.onnx'), model);
    writeFileSync(keysFile, JSON.stringify(passing.document));
    service = Inference.start(folder, {
      ...{ HOST: '0.0.0.0', ACCESS_KEYS_FILE: keysFile, ACCESS_RELOAD_SECONDS: '1', LOG_LEVEL: 'debug' },
    });
    await service.up();
    await eventually(async () => ((await post(caller.key)).status === 200 ? true : undefined), 60_000);
    const { grpc: address } = (await (await fetch(`${service.url}/health`)).json()) as { grpc: string };
    grpc = new (inferenceService())(address.replace('0.0.0.0', '127.0.0.1'), credentials.createInsecure());
  }, 120_000);

  afterAll(async () => {
    grpc?.close();
    await service?.stop();
    rmSync(folder, { recursive: true, force: true });
  }, 60_000);

  it('does not start where nobody said who may ask', async () => {
    const silent = Inference.start(folder, { HOST: '0.0.0.0' });
    expect(await silent.end()).toBe(1);
    expect(silent.output).toMatch(/ACCESS: must be decided, as HOST 0\.0\.0\.0 can be reached from elsewhere/);
  }, 60_000);

  it('asks for a key by both protocols', async () => {
    expect((await post(undefined)).status).toBe(401);
    expect((await post(caller.key)).status).toBe(200);
    expect((await infer('pk_nothing')).code).toBe(status.UNAUTHENTICATED);
    expect((await infer(caller.key)).code).toBe(status.OK);
    expect((await fetch(`${service.url}/model-info`, { headers: { 'x-api-key': caller.key } })).status).toBe(403);
    expect((await fetch(`${service.url}/model-info`, { headers: { 'x-api-key': passing.key } })).status).toBe(200);
    expect((await fetch(`${service.url}/health/ready`)).status).toBe(200);
    expect((await fetch(`${service.url}/metrics`)).status).toBe(401);
  });

  it('refuses a key soon after it was revoked, without a restart', async () => {
    expect((await post(passing.key)).status).toBe(200);
    writeFileSync(keysFile, JSON.stringify(revokeKey(passing.document, passing.record.id, Date.now()).document));
    await eventually(async () => ((await post(passing.key)).status === 401 ? true : undefined), 30_000);
    expect((await post(caller.key)).status).toBe(200);
  }, 60_000);

  it('loses no request that it accepted when it is told to end, and turns its readiness off first', async () => {
    const outcomes: string[] = [];
    const until = (refused: string, one: () => Promise<string>) => async () => {
      for (let outcome = ''; outcome !== refused;) outcomes.push((outcome = await one()));
    };
    const ask = (agent: Agent) => () =>
      new Promise<string>((done) => {
        const headers = { 'content-type': 'application/json', authorization: `Bearer ${caller.key}` };
        const asked = request(`${service.url}/predict`, { method: 'POST', agent, headers }, (answer) => {
          answer.resume().once('end', () => done(`HTTP ${answer.statusCode}`));
        });
        // A connection that was on its way when the server closed was taken by nobody.
        asked.once('error', ({ code }: NodeJS.ErrnoException) =>
          done(code === 'ECONNREFUSED' || (code === 'ECONNRESET' && !asked.reusedSocket) ? 'refused' : `HTTP ${code}`),
        );
        asked.end(body);
      });
    const call = async () => {
      const { code, details } = await infer(caller.key);
      return code === status.UNAVAILABLE && /ECONNREFUSED/.test(details) ? 'refused' : `gRPC ${code} ${details}`;
    };
    const agents = Array.from({ length: 8 }, () => new Agent({ keepAlive: true, maxSockets: 1 }));
    const loops = [...agents.map((agent) => until('refused', ask(agent))), ...Array(8).fill(until('refused', call))];
    const running = Promise.all(loops.map((loop) => loop()));
    await sleep(1_000);
    const before = outcomes.length;
    const probe = async (): Promise<number> => {
      const agent = new Agent();
      return new Promise((done) =>
        request(`${service.url}/health/ready`, { agent }, (answer) => done(answer.resume().statusCode ?? 0))
          .once('error', () => done(0))
          .end(),
      );
    };
    service.child.kill('SIGTERM');
    await eventually(async () => ((await probe()) === 503 ? true : undefined));
    const off = outcomes.length;
    expect(await service.end()).toBe(0);
    await running;
    for (const agent of agents) agent.destroy();
    expect(outcomes.filter((outcome) => !['HTTP 200', 'gRPC 0 ', 'refused'].includes(outcome))).toEqual([]);
    for (const answered of ['HTTP 200', 'gRPC 0 ']) expect(outcomes.slice(0, before)).toContain(answered);
    // Work went on after readiness was off.
    expect(outcomes.slice(off)).toContain('HTTP 200');
  }, 120_000);

  it('has told no key in its log', () => {
    for (const { key } of [caller, passing]) expect(service.output).not.toContain(key.slice(16));
    expect(service.output).toContain('"level":"debug"');
  });
});
