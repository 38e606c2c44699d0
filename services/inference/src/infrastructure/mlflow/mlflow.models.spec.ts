import { openClassifier } from '@perennial/model-runtime';
import type { Dataset } from '@perennial/pipeline';
import type { VersionSelector } from '../../domain/registered.model';
import { recorded, RecordedMlflow, recordedRows } from '../../testing/recorded.mlflow';
import { MlflowModels } from './mlflow.models';

// Each model that is opened for the first time is tried in a process of its own.
jest.setTimeout(120_000);

const api = '/api/2.0/mlflow';

describe('models of an MLflow server, as a real one answers', () => {
  let server: RecordedMlflow;
  beforeEach(async () => {
    server = await new RecordedMlflow().start();
  });
  afterEach(() => server.stop());

  const models = (selector: VersionSelector, name = 'credit-risk', change = {}) =>
    new MlflowModels({
      ...{ trackingUrl: server.url, headers: () => ({}), dataset: null },
      named: { name, selector, pipeline: 'credit' },
      ...change,
    });

  async function answers(artifact: Uint8Array): Promise<number[]> {
    const model = await openClassifier(async () => artifact, { name: 'credit', version: '1' });
    try {
      return [...(await model.predict(recordedRows))];
    } finally {
      await model.unload();
    }
  }

  it.each<[string, VersionSelector, string]>([
    ['a stage: a matrix of the columns that the signature names', { stage: 'Production' }, '1'],
    ['an alias: weights in a file of their own', { alias: 'champion' }, '2'],
  ])('are found by %s', async (_, selector, version) => {
    const found = await models(selector).find();
    expect(found).toMatchObject({ version, digest: expect.stringMatching(/^sha256:/) });
    const artifact = await found.artifact();
    const expected = recorded.probabilities[version] as number[];
    (await answers(artifact)).forEach((probability, row) =>
      expect(probability).toBeCloseTo(expected[row] as number, 5),
    );
    // Read anew, the same bytes.
    expect(Buffer.from(await found.artifact()).equals(artifact)).toBe(true);
  });

  it('take their columns from the pipeline where it is declared', async () => {
    const columns = [...recorded.columns]
      .reverse()
      .map((name) => ({ name, type: 'number', feature: true, nullable: false }));
    const dataset = { recordId: 'id', target: { column: 'y', positive: 1 }, columns } as unknown as Dataset;
    const found = await models({ version: '1' }, 'credit-risk', { dataset }).find();
    const [first] = await answers(await found.artifact());
    expect(first).toBeCloseTo(recorded.probabilities['1']?.[0] as number, 5);
  });

  it('that have no ONNX file are refused with the flavours that they have', async () => {
    await expect(models({ version: '1' }, 'credit-pickle').find()).rejects.toMatchObject({
      ...{ code: 'UNSUITABLE_MODEL', retryable: false },
      message: expect.stringMatching(/flavour onnx.*it has python_function, sklearn/),
    });
  });

  it.each<[string, VersionSelector, RegExp]>([
    ['credit-risk', { stage: 'Staging' }, /has no version at stage Staging/],
    ['credit-risk', { alias: 'nobody' }, /credit-risk, alias nobody, is not registered/],
    ['nothing', { alias: 'champion' }, /nothing, alias champion, is not registered/],
    ['credit-risk', { version: '7' }, /credit-risk, version 7, is not registered/],
  ])('that are not there may come: %s %j', async (name, selector, message) => {
    const missing = { code: 'MODEL_NOT_REGISTERED', retryable: true, message: expect.stringMatching(message) };
    await expect(models(selector, name).find()).rejects.toMatchObject(missing);
  });

  it('are not taken where a digest that is told does not fit', async () => {
    const path = `${api}/model-versions/get?name=credit-risk&version=1`;
    const told = JSON.parse(server.said(path)) as { model_version: object };
    const tags = [{ key: 'perennial.digest', value: `sha256:${'0'.repeat(64)}` }];
    server.answer(path, 200, JSON.stringify({ model_version: { ...told.model_version, tags } }));
    await expect(models({ version: '1' }).find()).rejects.toMatchObject({ code: 'DIGEST_MISMATCH', retryable: false });
  });

  it('say which class is meant and how scores are to be read by tags of the version', async () => {
    const path = `${api}/model-versions/get?name=credit-risk&version=1`;
    const told = JSON.parse(server.said(path)) as { model_version: object };
    const tags = [
      { key: 'perennial.positive', value: '0' },
      { key: 'perennial.decision_threshold', value: '0.25' },
    ];
    server.answer(path, 200, JSON.stringify({ model_version: { ...told.model_version, tags } }));
    const artifact = await (await models({ version: '1' }).find()).artifact();
    const model = await openClassifier(async () => artifact, { name: 'credit', version: '1' });
    const [first] = await model.predict(recordedRows);
    expect(first).toBeCloseTo(1 - (recorded.probabilities['1']?.[0] as number), 5);
    expect(model.decisionThreshold).toBe(0.25);
    await model.unload();
  });

  it('are refused while the server is away or wants to know who asks', async () => {
    server.answer(`${api}/model-versions/get?name=credit-risk&version=1`, 401, 'who are you?');
    await expect(models({ version: '1' }).find()).rejects.toMatchObject({
      ...{ code: 'MLFLOW_REFUSED', retryable: false },
      message: expect.stringContaining('MLFLOW_TRACKING_TOKEN'),
    });
    await server.stop();
    const away = { code: 'MLFLOW_UNAVAILABLE', status: 503, retryable: true };
    await expect(models({ version: '1' }).find()).rejects.toMatchObject(away);
  });
});
