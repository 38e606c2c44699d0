import 'reflect-metadata';
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { silentLogger } from '@perennial/messaging';
import { LOGGER } from '@perennial/service';
import { ShowMlflow } from '../../application/show.mlflow';
import { ShowVersions } from '../../application/show.versions';
import type { VersionState } from '../../domain/model.version';
import { InMemoryVersionStore } from '../../testing/in-memory.version.store';
import { automatic, exampleFile, registered } from '../../testing/version.examples';
import { MlflowArtifactsController } from './mlflow.artifacts.controller';
import { MlflowController } from './mlflow.controller';

const STATES: VersionState[] = ['archived', 'production', 'candidate'];
const VERSIONS = STATES.map((_, index) => `2026010${index + 1}_000000`);
const SERVING = '20260102_000000';
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

function showMlflow(): ShowMlflow {
  const store = new InMemoryVersionStore();
  STATES.forEach((state, index) => {
    const name = VERSIONS[index] as string;
    const files = ['MLmodel', 'model.onnx'].map((path) => ({ path, file: exampleFile(path) }));
    const version = { ...registered(automatic, name), state, files };
    store.versions.set(`credit/${name}`, { version, correlationId: 'c', revision: 1 });
  });
  const files = { get: async ({ fileId }: { fileId: string }) => Buffer.from(fileId) };
  const pipelines = new Map([['credit', { name: 'credit' }]]) as never;
  return new ShowMlflow(new ShowVersions(store, pipelines, files as never), files as never);
}

/** The registry's routes of MLflow's API, over HTTP. */
async function serve(): Promise<NestFastifyApplication> {
  @Module({
    controllers: [MlflowController, MlflowArtifactsController],
    providers: [
      { provide: ShowMlflow, useFactory: showMlflow },
      { provide: LOGGER, useValue: silentLogger },
    ],
  })
  class Routes {}
  const app = await NestFactory.create<NestFastifyApplication>(Routes, new FastifyAdapter(), { logger: false });
  await app.listen(0, '127.0.0.1');
  return app;
}

describe('MLflow’s routes', () => {
  let app: NestFastifyApplication;
  beforeAll(async () => void (app = await serve()), 60_000);
  afterAll(() => app?.close());

  const get = async (path: string) => {
    const answer = await app.inject({ method: 'GET', url: `/api/2.0/${path}` });
    return [answer.statusCode, answer.json<Record<string, unknown>>()] as const;
  };

  it('search by name, or for all, and refuse another filter by name, value and rule', async () => {
    const names = async (query: string) => {
      const [, { registered_models: found = [] }] = await get(`mlflow/registered-models/search${query}`);
      return (found as { name: string }[]).map(({ name }) => name);
    };
    expect(await names('')).toEqual(['credit']);
    expect(await names(`?filter=${encodeURIComponent("name = 'credit'")}&max_results=5`)).toEqual(['credit']);
    expect(await names(`?filter=${encodeURIComponent("name='loans'")}`)).toEqual([]);
    const noPrompts = "tag.`mlflow.prompt.is_prompt` != 'true'";
    expect(await names(`?filter=${encodeURIComponent(noPrompts)}`)).toEqual(['credit']);
    expect(await names(`?filter=${encodeURIComponent(`name='loans' AND ${noPrompts}`)}`)).toEqual([]);
    expect(await get(`mlflow/model-versions/search?filter=${encodeURIComponent("run_id='r'")}`)).toEqual([
      400,
      { error_code: 'INVALID_PARAMETER_VALUE', message: expect.stringMatching(/^filter is .*run_id.*: must be name=/) },
    ]);
  });

  it('list a directory, and nothing below a file', async () => {
    const list = (path: string) => get(`mlflow-artifacts/artifacts?path=models/credit/${path}`);
    expect(await list(SERVING)).toEqual([200, { files: [expect.anything(), expect.anything()] }]);
    expect(await list(`${SERVING}/model.onnx`)).toEqual([200, { files: [] }]);
    expect((await list(`${SERVING}/a/b`))[0]).toBe(400);
  });

  /** A client too heavy for every run: an interpreter that has it may be named. See clients/README.md. */
  const { MLFLOW_PYTHON } = process.env;
  if (MLFLOW_PYTHON) {
    it('are read by MLflow’s client', async () => {
      const script = join(__dirname, '../../../clients/mlflow_client.py');
      const url = (await app.getUrl()).replace('[::1]', '127.0.0.1');
      const { stdout } = await promisify(execFile)(MLFLOW_PYTHON, [script, url, 'credit'], { timeout: 240_000 });
      const serving = {
        ...{ version: SERVING, stage: 'Production', status: 'READY', aliases: ['production'] },
        ...{ source: `mlflow-artifacts:/models/credit/${SERVING}`, run_id: 'credit_2026-01-04_1' },
        ...{ created: Date.UTC(2026, 0, 4), tags: expect.objectContaining({ 'perennial.state': 'production' }) },
      };
      const newestFirst = [...VERSIONS].reverse();
      expect(JSON.parse(stdout)).toEqual({
        registered: { name: 'credit', aliases: { production: SERVING }, latest: VERSIONS },
        run: {
          ...{ id: 'credit_2026-01-04_1', status: 'FINISHED', f1: 0.5, cycle: 'credit/2026-01-04' },
          params: { strategy: 'fine-tune', epochs: '3', learningRate: '0.0001' },
          artifacts: ['MLmodel', 'model.onnx'],
        },
        ...{ alias: serving, version: serving, download_uri: serving.source },
        ...{ models: ['credit'], named: ['credit'], none: [], versions: newestFirst, paged: newestFirst },
        // Beside them the client writes a file of its own.
        directory: expect.objectContaining({ MLmodel: sha256('MLmodel'), 'model.onnx': sha256('model.onnx') }),
        ...{ singles: Array(4).fill(sha256('model.onnx')) },
        unknown_model: { code: 'RESOURCE_DOES_NOT_EXIST', message: expect.stringContaining('no-such-model') },
        unknown_version: { code: 'RESOURCE_DOES_NOT_EXIST', message: expect.stringContaining('none') },
        unknown_alias: { code: 'RESOURCE_DOES_NOT_EXIST', message: expect.stringContaining('champion') },
        unknown_run: { code: 'RESOURCE_DOES_NOT_EXIST', message: expect.stringContaining('no-such-run') },
        other_filter: { code: 'INVALID_PARAMETER_VALUE', message: expect.stringContaining("name='a model'") },
      });
    }, 300_000);
  }
});
