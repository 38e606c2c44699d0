import { type PredictionBatch, predictionIdAt, predictionsOf } from '@perennial/contracts';
import { silentLogger } from '@perennial/messaging';
import { servedRow } from '../domain/logged.prediction';
import { bucketOf } from '../domain/traffic.split';
import { deployable, shared } from '../testing/artifact.examples';
import { CountingMetrics, FakeModel, inputs, slotWith } from '../testing/fake.model';
import { EnrichRows } from './enrich.rows';
import { ModelSlots } from './model.slots';
import type { Deployable } from './ports';
import { PredictRows } from './predict.rows';
import { PredictionLog } from './prediction.log';

const clock = { now: () => new Date(0) };
const BATCH = '0194b2d0-11c2-4e41-8d5b-0a9c6f3e2000';
const ids = [0, 1, 2].map((place) => predictionIdAt(BATCH, place));

/** Pipeline `looked-up` has its ages from elsewhere. */
const enrich = new EnrichRows(
  new Map([
    [
      'looked-up',
      {
        policy: {
          ...{ entities: ['user'], columns: ['age', 'sex', 'limit_bal'], maxAgeSeconds: null },
          ...{ missing: 'refuse' as const, stale: 'refuse' as const, defaults: {} },
        },
        unavailable: 'refuse' as const,
        lookups: {
          of: async ([user]: readonly unknown[]) => ({
            values: new Map(
              user === 'nobody'
                ? []
                : Object.entries({ age: 30, sex: '1', limit_bal: 5 }).map(([column, value]) => [
                    column,
                    { value, at: -2_000, expired: false },
                  ]),
            ),
            views: ['people@v1'],
          }),
        },
      },
    ],
  ]),
  { asked: () => undefined, lookedUp: () => undefined, filled: () => undefined },
  () => clock.now().getTime(),
);

const maxRows = 50;
const LOGGED: Record<string, 'values'> = { 'with-values': 'values' };

async function setup(...pipelines: string[]) {
  return setupWith(deployable(1, Uint8Array.of(1)), ...pipelines);
}

async function setupWith(traffic: Deployable, ...pipelines: string[]) {
  const metrics = new CountingMetrics();
  const models: FakeModel[] = [];
  const open = async () => {
    const model = new FakeModel();
    models.push(model);
    return model;
  };
  const slots = pipelines.map((pipeline) =>
    slotWith(open, pipeline, { stickyBy: ['id'], loggedInputs: LOGGED[pipeline] ?? 'digest' }),
  );
  slots.forEach((slot) => slot.offer(traffic));
  await Promise.all(slots.map((slot) => slot.settled()));
  const published: string[] = [];
  const publisher = {
    publish: async (records: readonly { value: unknown }[]) => {
      const batches = records.map(({ value }) => JSON.parse(String(value)) as PredictionBatch);
      published.push(...batches.flatMap(predictionsOf).map(({ predictionId }) => predictionId));
    },
  };
  const stamp = { source: 's', clock, newId: () => BATCH };
  const log = new PredictionLog(publisher, stamp, metrics, silentLogger, {
    replicaId: 'r',
    capacity: 10,
    intervalMs: 1_000,
  });
  const predict = new PredictRows({ slots: new ModelSlots(slots), log, metrics, clock, enrich, maxRows });
  return { predict, metrics, log, published, slots, models };
}

const features = { categorical_features: ['1'], numerical_features: [30, 5] };

describe('predicting rows', () => {
  it('answers, counts and logs', async () => {
    const { predict, metrics, log, published } = await setup('credit');
    await expect(predict.request(undefined, features)).resolves.toEqual({
      single: true,
      pipeline: 'credit',
      version: 'v1',
      arm: 'stable',
      predictions: [{ prediction: 1, probability: 0.7, predictionId: ids[0], version: 'v1', arm: 'stable' }],
    });
    await expect(predict.request(undefined, { instances: [{}, {}] })).resolves.toMatchObject({
      single: false,
      predictions: [{ predictionId: ids[1] }, { predictionId: ids[2] }],
    });
    expect(metrics.counted).toEqual(['success credit v1 1', 'success credit v1 2']);
    await log.flush();
    expect(published).toEqual(ids);
  });

  it('logs the row by its digest, with its values where the pipeline declares that', async () => {
    const row = { age: 30, sex: '1', limit_bal: 5, id: 'a' };
    for (const [pipeline, values] of [
      ['credit', undefined],
      ['with-values', { age: 30, sex: '1', limit_bal: 5 }],
    ] as const) {
      const { predict, log } = await setup(pipeline);
      const add = jest.spyOn(log, 'add');
      await predict.request(undefined, { instances: [row] });
      const { inputDigest } = servedRow(row, inputs, 'digest');
      expect(add.mock.calls.map(([, made]) => [made.inputDigest, made.inputs])).toEqual([[inputDigest, values]]);
    }
  });

  it('finds the pipeline by path before body', async () => {
    const { predict } = await setup('credit', 'churn');
    await expect(predict.request('churn', features)).resolves.toMatchObject({ pipeline: 'churn' });
    await expect(predict.request(undefined, { ...features, model: 'credit' })).resolves.toMatchObject({
      pipeline: 'credit',
    });
    await expect(predict.request(undefined, features)).rejects.toMatchObject({
      code: 'AMBIGUOUS_PIPELINE',
      status: 400,
    });
    await expect(predict.request('fraud', features)).rejects.toMatchObject({ code: 'UNKNOWN_PIPELINE', status: 404 });
  });

  it('refuses and counts what is no request', async () => {
    const { predict, metrics } = await setup('credit');
    await expect(predict.request(undefined, { instances: 3 })).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      status: 400,
      details: { input: 'instances', value: 3, rule: expect.any(String) },
    });
    expect(metrics.counted).toEqual(['failure credit v1 INVALID_INPUT']);
  });
});

describe('answers from the cache', () => {
  it('are logged under an id of their own, say so, and do not count as computed', async () => {
    const { predict, metrics, log, published, models } = await setup('credit');
    models[0]!.cached = [1];
    const { predictions } = await predict.request(undefined, { instances: [{ age: 1 }, { age: 2 }, { age: 3 }] });
    expect(predictions.map(({ cached, predictionId }) => [cached, predictionId])).toEqual([
      [undefined, ids[0]],
      [true, ids[1]],
      [undefined, ids[2]],
    ]);
    await log.flush();
    expect(published).toEqual(ids);
    expect(metrics.counted).toEqual(['success credit v1 2']);
  });
});

describe('what is too much', () => {
  const many = { instances: Array.from({ length: maxRows + 1 }, (_, user) => ({ user })) };

  it('is refused before anything is looked up', async () => {
    const { predict, metrics } = await setup('looked-up');
    const run = jest.spyOn(enrich, 'run');
    const details = { input: 'rows', value: maxRows + 1, rule: `at most ${maxRows}` };
    const refused = predict.request(undefined, many);
    await expect(refused).rejects.toMatchObject({ code: 'TOO_MANY_ROWS', status: 413, details });
    expect(run).not.toHaveBeenCalled();
    expect(metrics.counted).toEqual(['failure looked-up v1 TOO_MANY_ROWS']);
    await expect(predict.request(undefined, { instances: many.instances.slice(1) })).resolves.toBeDefined();
    run.mockRestore();
  });

  it('is told before the body is read where the queue of every arm is full', async () => {
    const { predict, metrics, slots } = await setupWith(shared(1, { v1: 50, v2: 50 }), 'credit', 'churn');
    const arms = slots[0]!.traffic()!.arms;
    const [first, second] = arms.map(({ model }) => model) as [FakeModel, FakeModel];
    expect(() => predict.requirePlace('credit')).not.toThrow();
    first.full = true;
    expect(() => predict.requirePlace('credit')).not.toThrow();
    second.full = true;
    const overloaded = expect.objectContaining({ code: 'OVERLOADED', status: 429 });
    expect(() => predict.requirePlace('credit')).toThrow(overloaded);
    expect(metrics.counted).toEqual(['failure credit v1 OVERLOADED']);
    expect(arms.map(({ counts }) => counts!.errors)).toEqual([1, 0]);
    for (const other of ['churn', 'nobody', undefined]) expect(() => predict.requirePlace(other)).not.toThrow();
  });
});

describe('rows and arms', () => {
  const instances = Array.from({ length: 40 }, (_, id) => ({ id }));
  const armOf = (key: string) => (bucketOf('e', key) < 5_000 ? 'v1' : 'v2');
  const expected = instances.map(({ id }) => armOf(JSON.stringify([id])));

  it('each row of a request is answered by the arm of its own entity, in order', async () => {
    const { predict, metrics, slots } = await setupWith(shared(1, { v1: 50, v2: 50 }), 'credit');
    const { predictions } = await predict.request(undefined, { instances });
    expect(new Set(expected).size).toBe(2);
    expect(predictions.map(({ arm }) => arm)).toEqual(expected);
    const alone = await Promise.all(instances.map((row) => predict.request(undefined, { instances: [row] })));
    expect(alone.map(({ arm }) => arm)).toEqual(expected);
    expect(metrics.counted).toHaveLength(42);
    const rows = slots[0]!.traffic()!.arms.map(({ counts }) => counts!.rows);
    expect(rows.reduce((sum, each) => sum + each)).toBe(80);
  });

  it('an entity that is named decides for all of them', async () => {
    const { predict } = await setupWith(shared(1, { v1: 50, v2: 50 }), 'credit');
    const { predictions } = await predict.request(undefined, { instances }, { key: 'ana' });
    expect(new Set(predictions.map(({ arm }) => arm))).toEqual(new Set([armOf('ana')]));
  });

  it('a request over a protocol that names one version goes to the arm of its first row', async () => {
    const { predict, slots } = await setupWith(shared(1, { v1: 50, v2: 50 }), 'credit');
    const answered = await predict.run(slots[0]!, () => instances);
    expect(new Set(answered.predictions.map(({ arm }) => arm))).toEqual(new Set([expected[0]]));
  });

  it('a failure is one of the arm that was asked', async () => {
    const { predict, slots } = await setupWith(shared(1, { v1: 100, v2: 0 }), 'credit');
    await expect(predict.request(undefined, { instances: 3 })).rejects.toMatchObject({ code: 'INVALID_INPUT' });
    expect(slots[0]!.traffic()!.arms.map(({ counts }) => counts!.errors)).toEqual([1, 0]);
  });
});

describe('predicting by keys', () => {
  const all = { age: 2, sex: 2, limit_bal: 2 };

  it('answers what is left out as if it had been given, and says what was looked up', async () => {
    const { predict, log } = await setup('looked-up');
    const add = jest.spyOn(log, 'add');
    const answered = await predict.request(undefined, { instances: [{ user: 7 }, { user: 7, sex: null }, { ...all }] });
    const rows = [{ age: 30, sex: '1', limit_bal: 5 }, { age: 30, sex: null, limit_bal: 5 }, all];
    expect(add.mock.calls.map(([, { inputDigest: digest }]) => digest)).toEqual(
      rows.map((row) => servedRow(row, inputs, 'digest').inputDigest),
    );
    expect(add.mock.calls.map(([, { featureViews }]) => featureViews)).toEqual([
      ['people@v1'],
      ['people@v1'],
      undefined,
    ]);
    const told = answered.predictions.map(({ enrichment }) => enrichment?.ages);
    expect(told).toEqual([all, { age: 2, limit_bal: 2 }, undefined]);
  });

  it('takes one row by its entities', async () => {
    const { predict } = await setup('looked-up');
    const answered = await predict.request(undefined, { entities: { user: 7 }, numerical_features: { age: 40 } });
    expect(answered).toMatchObject({ single: true, predictions: [{ enrichment: { ages: { sex: 2, limit_bal: 2 } } }] });
  });

  it('counts a refusal as a failure of the version that would have answered', async () => {
    const { predict, metrics } = await setup('looked-up');
    const refused = predict.request(undefined, { entities: { user: 'nobody' } });
    await expect(refused).rejects.toMatchObject({ code: 'FEATURES_MISSING', status: 422 });
    expect(metrics.counted).toEqual(['failure looked-up v1 FEATURES_MISSING']);
  });
});
