import { type ConstantTensor, float32, serialiseModel } from '@perennial/onnx-graph';
import { metadataOf, runModel } from '@perennial/onnx-graph/testing';
import { numericColumn, stringColumn, type Table } from '@perennial/columns';
import { apply, type FittedPreprocessing } from '@perennial/preprocessing-steps';
import { artifactSignature, buildArtifact } from './artifact.graph';
import { initialiseParameters } from './parameter.initialise';
import { parameterLayout } from './parameter.layout';
import { buildScoringGraph } from './scoring.graph';
import { modelConfig as configOf } from './model.config';
import type { ModelConfig, ModelSizes } from './model.kinds';
import { largestDifference, unit } from './testing/golden.model';

const date = (part: 'year' | 'month' | 'dayOfMonth' | 'dayOfWeek', mean: number, std: number) => ({
  column: 'approved_on',
  feature: `approved_on.${part}`,
  impute: mean,
  mean,
  std,
  part,
});
const fitted: FittedPreprocessing = {
  version: 1,
  dataset: 'loans',
  recordId: 'id',
  target: { column: 'default', positive: 1 },
  inputs: [
    { column: 'purpose', type: 'string', storage: 'string' },
    { column: 'amount', type: 'number', storage: 'float64' },
    { column: 'sex', type: 'string', storage: 'string' },
    { column: 'approved_on', type: 'date', storage: 'date' },
  ],
  dropped: [],
  categorical: [
    { column: 'purpose', feature: 'purpose', vocabulary: ['car', 'house', 'été'] },
    { column: 'sex', feature: 'sex', vocabulary: ['1', '2'] },
  ],
  numeric: [
    { column: 'amount', feature: 'amount', impute: 100, mean: 120, std: 35 },
    date('year', 1990, 20),
    date('month', 6.5, 3.4),
    date('dayOfMonth', 15, 9),
    date('dayOfWeek', 4, 2),
    {
      column: 'approved_on',
      feature: 'approved_on.daysSinceOrigin',
      impute: 0,
      mean: 30,
      std: 7000,
      part: 'daysSinceOrigin',
      origin: 7000,
    },
  ],
  statistics: {},
};
const config = configOf(fitted, {
  kind: 'tab-transformer' as const,
  dModel: 8,
  heads: 2,
  layers: 2,
  feedForward: 16,
  dropout: 0.3,
});
const parameters = initialiseParameters(parameterLayout(config), 3);
const request = { fitted, modelConfig: config, parameters, decisionThreshold: 0.31, pipelineName: 'loans' };

const rows = [
  { purpose: 'car', amount: 250, sex: '1', approved_on: '2024-02-29' },
  { purpose: 'boat', amount: NaN, sex: '', approved_on: undefined },
  { purpose: 'été', amount: -3.5, sex: '2', approved_on: '1899-12-31' },
  { purpose: '', amount: 0, sex: '9', approved_on: '1970-01-01' },
  { purpose: 'house', amount: 1e6, sex: '1', approved_on: '2100-03-01' },
  { purpose: 'house', amount: 12, sex: '2', approved_on: '2000-12-31' },
];

const column = <T>(name: keyof (typeof rows)[number]) => rows.map((row) => row[name] as T);
const days = (day?: string) => (day === undefined ? NaN : Date.parse(`${day}T00:00:00Z`) / 86_400_000);
const strings = (data: string[]): ConstantTensor => ({ type: 'string', shape: [data.length, 1], data });

function rawTable(): Table {
  const text = (name: 'purpose' | 'sex') => stringColumn(name, column<string>(name));
  const dates = column<string | undefined>('approved_on').map(days);
  const columns = [
    stringColumn(
      'id',
      rows.map((_, row) => `row ${row}`),
    ),
    text('purpose'),
    numericColumn('amount', 'number', Float64Array.from(column<number>('amount'))),
    text('sex'),
    numericColumn('approved_on', 'date', Float64Array.from(dates)),
  ];
  return { rows: rows.length, columns };
}

describe('the artifact', () => {
  it.each<ModelSizes>([
    { kind: 'tab-transformer', dModel: 8, heads: 2, layers: 2, feedForward: 16, dropout: 0.3 },
    {
      ...{ kind: 'ft-transformer', dModel: 8, heads: 2, layers: 2, feedForward: 10 },
      ...{ attentionDropout: 0.2, feedForwardDropout: 0.1, residualDropout: 0 },
    },
    { kind: 'mlp', embedding: 3, hidden: [9, 5], dropout: 0.1 },
    { kind: 'logistic-regression' },
  ])('gives from raw columns what the scoring graph gives from what preprocessing encodes: $kind', async (sizes) => {
    const modelConfig = configOf(fitted, sizes) as ModelConfig;
    const layout = parameterLayout(modelConfig);
    const flat = Float32Array.from(unit(layout.size, 3), (value) => value - 0.5);
    const raw = await runModel(buildArtifact({ ...request, modelConfig, parameters: flat }), {
      purpose: strings(column('purpose')),
      amount: float32(column<number>('amount'), [rows.length, 1]),
      sex: strings(column('sex')),
      approved_on: float32(column<string | undefined>('approved_on').map(days), [rows.length, 1]),
    });
    const table = apply(rawTable(), fitted);
    const encoded = (features: { feature: string }[]) => {
      const columns = features.map(
        ({ feature }) => table.columns.find(({ name }) => name === `enc.${feature}`)!.values,
      );
      return rows.flatMap((_, row) => columns.map((values) => values[row] as number));
    };
    const scored = await runModel(serialiseModel(buildScoringGraph(modelConfig)), {
      parameters: float32(flat),
      categorical: { type: 'int32', shape: [rows.length, 2], data: Int32Array.from(encoded(fitted.categorical)) },
      numeric: float32(encoded(fitted.numeric), [rows.length, 6]),
    });
    expect(new Set(raw['probability']).size).toBe(rows.length);
    expect(largestDifference(raw['probability']!, scored['probability']!)).toBeLessThan(1e-5);
  });

  it('carries its threshold, pipeline and signature', () => {
    const metadata = metadataOf(buildArtifact(request));
    expect(metadata['perennial.decision_threshold']).toBe('0.31');
    expect(metadata['perennial.pipeline']).toBe('loans');
    expect(JSON.parse(metadata['perennial.signature']!)).toEqual(artifactSignature(fitted));
    expect(artifactSignature(fitted).inputs.map(({ name, type }) => [name, type])).toEqual([
      ['purpose', 'string'],
      ['amount', 'float32'],
      ['sex', 'string'],
      ['approved_on', 'float32'],
    ]);
  });

  it('accepts a category without any known value', async () => {
    const bare = {
      ...fitted,
      inputs: fitted.inputs.slice(0, 2),
      categorical: [{ column: 'purpose', feature: 'purpose', vocabulary: [] }],
      numeric: fitted.numeric.slice(0, 1),
    };
    const modelConfig = configOf(bare, {
      kind: 'tab-transformer' as const,
      dModel: 8,
      heads: 2,
      layers: 1,
      feedForward: 16,
      dropout: 0,
    });
    const flat = initialiseParameters(parameterLayout(modelConfig), 3);
    const artifact = buildArtifact({ ...request, fitted: bare, modelConfig, parameters: flat });
    const { probability } = await runModel(artifact, {
      purpose: strings(['', 'car']),
      amount: float32([1, 1], [2, 1]),
    });
    expect(probability![0]).toBe(probability![1]);
  });

  it('refuses an input that has the name of the output', () => {
    const renamed = JSON.parse(JSON.stringify(fitted).replaceAll('"amount"', '"probability"')) as FittedPreprocessing;
    const modelConfig = configOf(renamed, config);
    expect(() => buildArtifact({ ...request, fitted: renamed, modelConfig })).toThrow(/cannot be named probability/);
  });

  it('is the same bytes each time', () => {
    expect(buildArtifact(request)).toEqual(buildArtifact(request));
  });

  it('refuses parameters of another size and preprocessing of another model', () => {
    expect(() => buildArtifact({ ...request, parameters: new Float32Array(3) })).toThrow(/parameters, not 3/);
    const categorical = [{ ...fitted.categorical[0]!, vocabulary: ['house', 'car', 'été'] }, fitted.categorical[1]!];
    expect(() => buildArtifact({ ...request, fitted: { ...fitted, categorical } })).toThrow(/not the one the model/);
  });
});
