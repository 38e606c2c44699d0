import { InferenceSession, Tensor } from 'onnxruntime-node';
import { buildArtifact, modelConfig } from '@perennial/tabular-models';
import { separableRows, smallRequest } from './testing/synthetic.rows';
import { runTraining } from './training.run';

const VOCABULARIES = [
  ['red', 'green', 'blue'],
  ['round', 'square'],
];
const SCALES = [
  { column: 'x', mean: 10, std: 4 },
  { column: 'y', mean: -2, std: 0.5 },
  { column: 'z', mean: 1000, std: 250 },
];

const fitted = {
  version: 1 as const,
  dataset: 'shapes',
  recordId: 'id',
  target: { column: 'label', positive: 1 },
  inputs: [
    ...['colour', 'shape'].map((column) => ({ column, type: 'string' as const, storage: 'string' as const })),
    ...SCALES.map(({ column }) => ({ column, type: 'number' as const, storage: 'float64' as const })),
  ],
  dropped: [],
  categorical: ['colour', 'shape'].map((column, i) => ({ column, feature: column, vocabulary: VOCABULARIES[i]! })),
  numeric: SCALES.map(({ column, mean, std }) => ({ column, feature: column, impute: mean, mean, std })),
  statistics: {},
};

it('scores raw validation rows as training scored the encoded ones', async () => {
  const model = modelConfig(fitted, {
    ...{ kind: 'tab-transformer' as const, dModel: 8, heads: 2, layers: 2, feedForward: 16, dropout: 0.1 },
  });
  const validation = separableRows(150, 2);
  const trained = await runTraining(smallRequest({ model, validation }), { now: () => performance.now() });
  const artifact = buildArtifact({
    fitted,
    modelConfig: model,
    parameters: trained.parameters,
    decisionThreshold: trained.decisionThreshold,
    pipelineName: 'shapes',
  });
  const column = (matrix: ArrayLike<number>, width: number, at: number) =>
    Array.from({ length: validation.rows }, (_, row) => matrix[row * width + at]!);
  const strings = fitted.categorical.map(({ column: name, vocabulary }, i) => {
    const texts = column(validation.categorical, 2, i).map((code) =>
      code === 0 ? 'unheard of' : vocabulary[code - 1]!,
    );
    return [name, new Tensor('string', texts, [validation.rows, 1])] as const;
  });
  const numbers = SCALES.map(({ column: name, mean, std }, i) => {
    const raw = Float32Array.from(column(validation.numeric, 3, i), (value) => value * std + mean);
    return [name, new Tensor('float32', raw, [validation.rows, 1])] as const;
  });
  const session = await InferenceSession.create(artifact);
  const { probability } = await session.run(Object.fromEntries([...strings, ...numbers]));
  const scored = probability!.data as Float32Array;
  expect(probability!.dims).toEqual([validation.rows, 1]);
  expect(new Set(scored).size).toBeGreaterThan(100);
  scored.forEach((value, row) => expect(Math.abs(value - trained.validationProbabilities[row]!)).toBeLessThan(1e-5));
});
