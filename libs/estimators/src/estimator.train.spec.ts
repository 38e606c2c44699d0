import { checkpointKind } from './estimator.checkpoint';
import { type EstimatorRequest, trainEstimator } from './estimator.train';
import { networkCheckpoint, regression, treeCheckpoint, trees } from './testing/shape.models';

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
