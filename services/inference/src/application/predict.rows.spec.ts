import { silentLogger } from '@perennial/messaging';
import { deployable } from '../testing/artifact.examples';
import { CountingMetrics, FakeModel, slotWith } from '../testing/fake.model';
import { ModelSlots } from './model.slots';
import { PredictRows } from './predict.rows';
import { PredictionLog } from './prediction.log';

const clock = { now: () => new Date(0) };

async function setup(...pipelines: string[]) {
  const metrics = new CountingMetrics();
  let ids = 0;
  const slots = pipelines.map((pipeline) => slotWith(async () => new FakeModel(), pipeline));
  slots.forEach((slot) => slot.offer(deployable(1, Uint8Array.of(1))));
  await Promise.all(slots.map((slot) => slot.settled()));
  const published: string[] = [];
  const publisher = {
    publish: async (records: readonly { value: unknown }[]) => {
      const batches = records.map(
        ({ value }) => JSON.parse(String(value)) as { predictions: { predictionId: string }[] },
      );
      published.push(...batches.flatMap(({ predictions }) => predictions.map((made) => made.predictionId)));
    },
  };
  const stamp = { source: 's', clock, newId: () => 'e' };
  const log = new PredictionLog(publisher, stamp, metrics, silentLogger, {
    replicaId: 'r',
    capacity: 10,
    intervalMs: 1_000,
  });
  const newId = () => `p${(ids += 1)}`;
  const predict = new PredictRows({ slots: new ModelSlots(slots), log, metrics, clock, newId });
  return { predict, metrics, log, published };
}

const features = { categorical_features: ['1'], numerical_features: [30, 5] };

describe('predicting rows', () => {
  it('answers, counts and logs', async () => {
    const { predict, metrics, log, published } = await setup('credit');
    await expect(predict.request(undefined, features)).resolves.toEqual({
      single: true,
      pipeline: 'credit',
      version: 'v1',
      predictions: [{ prediction: 1, probability: 0.7, predictionId: 'p1' }],
    });
    await expect(predict.request(undefined, { instances: [{}, {}] })).resolves.toMatchObject({
      single: false,
      predictions: [{ predictionId: 'p2' }, { predictionId: 'p3' }],
    });
    expect(metrics.counted).toEqual(['success credit v1 1', 'success credit v1 2']);
    await log.flush();
    expect(published).toEqual(['p1', 'p2', 'p3']);
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
