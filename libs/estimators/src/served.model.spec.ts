import { type ConstantTensor, float32 } from '@perennial/onnx-graph';
import { metadataOf, runModel } from '@perennial/onnx-graph/testing';
import { calibrated } from './calibration/calibration';
import { buildServedModel, type Member } from './served.model';
import { networkCheckpoint, regression, shapes, treeCheckpoint, treeProbability } from './testing/shape.models';

const frame = { fitted: shapes, decisionThreshold: 0.3, pipelineName: 'shapes' };
const rows = 200;
const at = (row: number, period: number) => Math.fround(Math.sin(row * period) * 2);
const colours = Array.from({ length: rows }, (_, row) => ['red', 'green', '', 'unheard of'][row % 4] as string);
const column = (period: number) =>
  float32(
    Float64Array.from({ length: rows }, (_, row) => at(row, period)),
    [rows, 1],
  );
const feeds: Record<string, ConstantTensor> = {
  colour: { type: 'string', shape: [rows, 1], data: colours },
  x: column(1.7),
  y: column(2.3),
};
const member = (checkpoint: Uint8Array, weight = 1): Member => ({ estimator: { checkpoint }, weight });
const served = async (...members: Member[]) =>
  (await runModel(buildServedModel(frame, { members }), feeds))['probability'] as number[];

const forest = member(treeCheckpoint);
const networks = [1, 2, 3].map((seed) => member(networkCheckpoint(regression, seed)));

it('serves trees by their checkpoint alone', async () => {
  const expected = colours.map((colour, row) => treeProbability(colour, at(row, 1.7)));
  (await served(forest)).forEach((p, row) => expect(Math.abs(p - (expected[row] as number))).toBeLessThan(1e-6));
});

it('serves the weighted mean of models of several kinds, some of them of one kind, in one file', async () => {
  const weights = [3, 1, 2, 2];
  const members = [forest, ...networks];
  const alone = await Promise.all(members.map((each) => served(each)));
  const together = await served(...members.map((each, index) => ({ ...each, weight: weights[index] as number })));
  together.forEach((p, row) => {
    const mean = alone.reduce((sum, ps, index) => sum + ((weights[index] as number) / 8) * (ps[row] as number), 0);
    expect(Math.abs(p - mean)).toBeLessThan(1e-6);
  });
  expect(new Set(together).size).toBeGreaterThan(rows / 2);
});

it('calibrates the mean, and says how', async () => {
  const calibration = { method: 'sigmoid', slope: 0.7, intercept: -1 } as const;
  const members = [forest, networks[0] as Member];
  const file = buildServedModel(frame, { members, calibration });
  const mean = Float32Array.from(await served(...members));
  const expected = calibrated(calibration, mean);
  const { probability = [] } = await runModel(file, feeds);
  probability.forEach((p, row) => expect(Math.abs(p - (expected[row] as number))).toBeLessThan(1e-6));
  expect(JSON.parse(metadataOf(file)['perennial.calibration'] as string)).toEqual(calibration);
});

it('is the same bytes each time, with what every artifact tells', () => {
  const members = [forest, ...networks];
  expect(buildServedModel(frame, { members })).toEqual(buildServedModel(frame, { members }));
  expect(metadataOf(buildServedModel(frame, { members }))).toMatchObject({
    'perennial.decision_threshold': '0.3',
    'perennial.pipeline': 'shapes',
    'perennial.calibration': '{"method":"none"}',
  });
});

it('refuses a model of other features, a weight that is none, and no model', () => {
  const [colour] = shapes.categorical;
  const fitted = { ...shapes, categorical: [{ ...colour!, vocabulary: ['green', 'red'] }] };
  for (const each of [forest, networks[0] as Member]) {
    expect(() => buildServedModel({ ...frame, fitted }, { members: [each] })).toThrow(/not the one the model/);
  }
  expect(() => buildServedModel(frame, { members: [{ ...forest, weight: 0 }] })).toThrow('weights are [0]');
  expect(() => buildServedModel(frame, { members: [] })).toThrow('weights are []');
});
