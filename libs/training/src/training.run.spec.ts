import { parameterLayout, type TabTransformerConfig } from '@perennial/tabular-models';
import { decodeCheckpoint } from './checkpoint.format';
import { separableRows, smallModel, smallRequest } from './testing/synthetic.rows';
import type { EarlyStopping, TrainingConfig, TrainingRequest } from './training.request';
import { runTraining } from './training.run';

const run = (request: TrainingRequest) => runTraining(request, { now: () => performance.now() });

describe('a training', () => {
  it('learns separable data', async () => {
    const result = await run(smallRequest({ training: { ...smallRequest().training, epochs: 8 } }));
    expect(result.history.at(-1)!.validationRocAuc).toBeGreaterThan(0.97);
    expect(result.history.at(-1)!.trainLoss).toBeLessThan(result.history[0]!.trainLoss / 2);
    expect(result.validationProbabilities.length).toBe(150);
    expect(result.decisionThreshold).toBeGreaterThan(0);
    expect(result.decisionThreshold).toBeLessThan(1);
    expect(result.steps).toBe(8 * Math.ceil(403 / 16));
  });

  it('gives the same bytes for the same seed and others for another', async () => {
    const [first, second, other] = [
      await run(smallRequest()),
      await run(smallRequest()),
      await run(smallRequest({}, 6)),
    ];
    expect(Buffer.compare(first.checkpoint, second.checkpoint)).toBe(0);
    expect(second.parameters).toEqual(first.parameters);
    expect(second.validationProbabilities).toEqual(first.validationProbabilities);
    expect(other.parameters).not.toEqual(first.parameters);
  });

  it.each<[string, Partial<TabTransformerConfig>]>([
    ['numeric features only', { categorical: [] }],
    ['categorical features only', { numeric: [] }],
    ['no dropout', { dropout: 0 }],
  ])('works with %s', async (_, change) => {
    const model = { ...smallModel, ...change };
    const [train, validation] = [separableRows(200, 1, model), separableRows(60, 2, model)];
    const result = await run(smallRequest({ model, train, validation }));
    expect(result.history.at(-1)!.validationRocAuc).toBeGreaterThan(0.9);
  });

  it.each<[string, Partial<TrainingConfig>]>([
    ['sgd with momentum', { optimizer: 'sgd', momentum: 0.9, learningRate: 0.03 }],
    ['adamw', { optimizer: 'adamw', weightDecay: 0.01 }],
    ['a clipped gradient, warm-up and a cosine', { clipNorm: 1, warmup: 0.1, schedule: 'cosine', learningRate: 0.006 }],
  ])('learns with %s', async (_, change) => {
    const { training } = smallRequest();
    const { history } = await run(smallRequest({ training: { ...training, epochs: 8, ...change } }));
    expect(history.at(-1)!.validationRocAuc).toBeGreaterThan(0.9);
  });

  it('uses a batch no larger than the data, and no validation rows when there are none', async () => {
    const result = await run(smallRequest({ train: separableRows(10, 1), validation: separableRows(0, 2) }));
    expect(result.steps).toBe(4);
    expect(result.decisionThreshold).toBe(0.5);
    expect(result.history.at(-1)).toMatchObject({
      validationRocAuc: null,
      validationF1: null,
      validationLogLoss: null,
    });
  });

  it('says when the loss is no longer a number', async () => {
    const training = { ...smallRequest().training, learningRate: 1e38 };
    await expect(run(smallRequest({ training }))).rejects.toMatchObject({
      code: 'training.diverged',
      retryable: false,
      message: expect.stringContaining('epoch 1'),
    });
  });

  it('says when the last step of an epoch left parameters that give no probabilities', async () => {
    const training = { ...smallRequest().training, batchSize: 512, epochs: 1, learningRate: 1e38 };
    await expect(run(smallRequest({ training }))).rejects.toMatchObject({
      code: 'training.diverged',
      details: { epoch: 1, step: 1, learningRate: 1e38 },
    });
  });
});

describe('early stopping', () => {
  const stopping = (metric: EarlyStopping['metric'], epochs: number) => {
    const training = { ...smallRequest().training, learningRate: 0.02, epochs };
    // Labels by chance cannot be learnt: what is better on them is soon learnt by heart.
    const random = {
      ...separableRows(80, 3),
      labels: Int32Array.from({ length: 80 }, (_, row) => ((row * 7) % 3) & 1),
    };
    const validation = {
      ...separableRows(60, 4),
      labels: Int32Array.from({ length: 60 }, (_, row) => ((row * 5) % 3) & 1),
    };
    return smallRequest({
      train: random,
      validation,
      training: { ...training, earlyStopping: { metric, patience: 2 } },
    });
  };

  it.each(['logLoss', 'rocAuc', 'f1'] as const)(
    'ends after its patience and gives the best epoch by %s',
    async (metric) => {
      const request = stopping(metric, 60);
      const result = await run(request);
      expect(result.history.length).toBe(result.epoch + 2);
      const better = { logLoss: 'validationLogLoss', rocAuc: 'validationRocAuc', f1: 'validationF1' } as const;
      const values = result.history.map((record) => record[better[metric]]! * (metric === 'logLoss' ? -1 : 1));
      expect(values.indexOf(Math.max(...values))).toBe(result.epoch - 1);
    },
  );

  it('gives the very bits of a training that ended there', async () => {
    const request = stopping('logLoss', 60);
    const stopped = await run(request);
    const { training } = request;
    const ended = await run({ ...request, training: { ...training, epochs: stopped.epoch, earlyStopping: null } });
    expect(stopped.parameters).toEqual(ended.parameters);
    expect(stopped.validationProbabilities).toEqual(ended.validationProbabilities);
    expect(stopped.decisionThreshold).toBe(ended.decisionThreshold);
    expect(decodeCheckpoint(stopped.checkpoint).optimizer).toEqual(decodeCheckpoint(ended.checkpoint).optimizer);
  });

  it('goes to the end where nothing can be compared', async () => {
    const request = stopping('logLoss', 3);
    const result = await run({ ...request, validation: separableRows(0, 2) });
    expect([result.epoch, result.history.length]).toEqual([3, 3]);
  });
});

describe('fine-tuning', () => {
  it('continues from the checkpoint', async () => {
    const first = await run(smallRequest());
    const again = await run(
      smallRequest({
        initialCheckpoint: first.checkpoint,
        training: { ...smallRequest().training, epochs: 1, learningRate: 1e-4 },
      }),
    );
    expect(again.history[0]!.trainLoss).toBeLessThan(first.history[0]!.trainLoss / 1.5);
    expect(again.parameters).not.toEqual(first.parameters);
    expect(decodeCheckpoint(again.checkpoint).parameters).toEqual(again.parameters);
    expect(again.parameters.length).toBe(parameterLayout(smallModel).size);
  });

  it('refuses a checkpoint with another vocabulary', async () => {
    const { checkpoint } = await run(smallRequest({ training: { ...smallRequest().training, epochs: 1 } }));
    const [colour, shape] = smallModel.categorical;
    const model = { ...smallModel, categorical: [{ ...colour!, vocabularyDigest: 'sha256:other' }, shape!] };
    await expect(run(smallRequest({ model, initialCheckpoint: checkpoint }))).rejects.toMatchObject({
      code: 'training.checkpoint-mismatch',
      message: expect.stringContaining('the vocabulary of colour differs'),
    });
  });
});
