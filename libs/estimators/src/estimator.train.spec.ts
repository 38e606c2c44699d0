import { modelConfig } from '@perennial/tabular-models';
import { checkpointKind } from './estimator.checkpoint';
import { type EstimatorRequest, trainEstimator } from './estimator.train';
import { networkCheckpoint, regression, shapes, treeCheckpoint, trees } from './testing/shape.models';

const none = { rows: 0, categorical: new Int32Array(0), numeric: new Float32Array(0), labels: new Int32Array(0) };
const training = {} as EstimatorRequest['training'];

it('tells the kind of a checkpoint', () => {
  expect(checkpointKind(treeCheckpoint)).toBe('lightgbm');
  expect(checkpointKind(networkCheckpoint(regression, 1))).toBe('logistic-regression');
  const error = expect.objectContaining({ code: 'training.invalid-checkpoint' });
  expect(() => checkpointKind(Uint8Array.of(1, 2, 3))).toThrow(error);
});

it.each([
  ['networks from trees', regression, treeCheckpoint, 'kind is lightgbm in the checkpoint, logistic-regression now'],
  ['trees from networks', trees, networkCheckpoint(regression, 1), 'kind is logistic-regression in the checkpoint'],
])('does not train %s', async (_, model, initialCheckpoint, message) => {
  const request = { model, training, train: none, validation: none, initialCheckpoint };
  await expect(trainEstimator(request, {})).rejects.toMatchObject({
    code: 'training.checkpoint-mismatch',
    retryable: false,
    message: expect.stringContaining(message),
  });
});

it('pretrains the encoder of a network first where that is asked for, and tells of both', async () => {
  const rows = Array.from({ length: 60 }, (_, row) => row);
  const train = {
    rows: rows.length,
    categorical: Int32Array.from(rows, (row) => row % 3),
    numeric: Float32Array.from(rows.flatMap((row) => [Math.sin(row), Math.cos(3 * row)])),
    labels: Int32Array.from(rows, (row) => row % 2),
  };
  const model = modelConfig(shapes, { kind: 'mlp' as const, embedding: 2, hidden: [4], dropout: 0 });
  const terms: EstimatorRequest['training'] = {
    ...{ epochs: 2, batchSize: 16, learningRate: 0.01, schedule: 'constant', warmup: 0, earlyStopping: null },
    ...{ optimizer: 'adam', momentum: 0, weightDecay: 0, clipNorm: null, classWeights: 'none', seed: 3 },
  };
  const contrast = { batchSize: 16, learningRate: 0.01, corruption: 0.3, temperature: 0.2, projection: 4 };
  const pretraining = { ...contrast, epochs: 3, patience: null };
  const request = { model, training: terms, train, validation: none };
  const epochs: number[] = [];
  const onProgress = (report: { epochs: number }) => void epochs.push(report.epochs);
  const pretrained = await trainEstimator({ ...request, pretraining }, { onProgress });
  const plain = await trainEstimator({ ...request, pretraining: null }, {});
  expect(pretrained.checkpoint).not.toEqual(plain.checkpoint);
  expect(pretrained.history[0]!.trainLoss).not.toBe(plain.history[0]!.trainLoss);
  expect([epochs[0], epochs.at(-1)]).toEqual([3, 2]);
  // A model that is fine-tuned is not pretrained.
  const tuned = { ...request, initialCheckpoint: plain.checkpoint };
  const [asked, without] = [await trainEstimator({ ...tuned, pretraining }, {}), await trainEstimator(tuned, {})];
  expect(asked.checkpoint).toEqual(without.checkpoint);
}, 120_000);
