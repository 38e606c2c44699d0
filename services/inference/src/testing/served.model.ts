import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomUUID } from 'node:crypto';
import { eventually, type ServiceUnderTest, startForTest } from '@perennial/service-testing';
import { inferenceService } from '../service';
import { creditModel, digestOf } from './artifact.examples';

const declaration = (name: string, unknownCategory: 'map' | 'refuse', serving = '') => `
apiVersion: perennial/v1
kind: Pipeline
name: ${name}
dataset:
  recordId: id
  target: { column: y, positive: 1 }
  columns:
    - { name: id, type: string }
    - { name: limit_bal, type: number }
    - { name: age, type: integer }
    - { name: approved_on, type: date }
    - { name: sex, type: category }
    - { name: education, type: category }
    - { name: y, type: integer }
reference: { day: '2026-01-01' }
serving:
  unknownCategory: ${unknownCategory}${serving}
`;

export const VERSION = '20260101_000001';

/** The service with the credit model in two pipelines: one maps unknown categories, the other refuses them. */
export interface ServedModel {
  readonly service: ServiceUnderTest;
  readonly model: string;
  readonly strict: string;
  /** host:port */
  readonly http: string;
  readonly grpc: string;
  /** JSON, to a path of it. */
  post(path: string, body: unknown): Promise<Response>;
  close(): Promise<void>;
}

/** `serving`: further lines of that section for the pipeline that maps, by two spaces. */
export async function serveCreditModel(env: Record<string, string>, serving = ''): Promise<ServedModel> {
  const suffix = randomUUID().slice(0, 8);
  const [model, strict] = [`card-${suffix}`, `strict-${suffix}`];
  const deployed = await mkdtemp(join(tmpdir(), 'deployed-'));
  for (const pipeline of [model, strict]) {
    const folder = join(deployed, pipeline);
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, 'current_model.onnx'), creditModel);
    const file = { pipeline, version: VERSION, digest: digestOf(creditModel), rolloutId: `${pipeline}.1`, sequence: 1 };
    await writeFile(join(folder, 'version.json'), JSON.stringify(file));
  }
  const { KAFKA_BROKERS, MONGO_URL } = process.env;
  const service = await startForTest(inferenceService, {
    env: { KAFKA_BROKERS, MONGO_URL, GRPC_PORT: '0', REPLICA_ID: suffix, DEPLOYED_DIR: deployed, ...env },
    pipelines: [declaration(model, 'map', serving), declaration(strict, 'refuse')],
  });
  const health = await eventually(async () => {
    const found = (await (await fetch(`${service.url}/health`)).json()) as Health;
    return found.models.every(({ version }) => version === VERSION) ? found : undefined;
  });
  const headers = { 'content-type': 'application/json' };
  return {
    post: (path, body) => fetch(`${service.url}${path}`, { method: 'POST', headers, body: JSON.stringify(body) }),
    ...{ service, model, strict, http: new URL(service.url).host, grpc: health.grpc },
    close: async () => {
      await service.close();
      await rm(deployed, { recursive: true, force: true });
    },
  };
}

interface Health {
  grpc: string;
  models: { version: string | null }[];
}
