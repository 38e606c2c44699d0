import { type Cell, tableFromRows, type Table } from '@perennial/columns';
import type { FileReference } from '@perennial/contracts';
import { parsePipeline, type Pipeline } from '@perennial/pipeline';
import type { FittedPreprocessing } from '@perennial/preprocessing-steps';
import type { RunRequest } from '../domain/training.run';

/** A pipeline so small that its model trains in a second. */
export const pipelineYaml = (name: string): string => `
apiVersion: perennial/v1
kind: Pipeline
name: ${name}
dataset:
  recordId: id
  target: { column: wet, positive: 1 }
  columns:
    - { name: id, type: string }
    - { name: sky, type: category }
    - { name: pressure, type: number }
    - { name: wind, type: number }
    - { name: wet, type: integer }
reference: { day: '2026-01-01' }
model: { dModel: 8, heads: 2, layers: 1, feedForward: 16, dropout: 0.1 }
training: { epochs: 4, batchSize: 16, learningRate: 0.003, seed: 7 }
improvement:
  attempts:
    - { strategy: fine-tune, epochs: 2, learningRate: 0.001 }
    - { strategy: fine-tune-search, search: { learningRates: [0.001, 0.003], epochs: [1, 2] } }
    - { strategy: train, epochs: 3 }
`;

/** The same with a search over two kinds as its only attempt; the rest of the search as given. */
export const searchYaml = (name: string, search: string): string =>
  pipelineYaml(name).replace(
    /attempts:\n[^]*$/,
    `attempts:
    - strategy: search
      search:
        {
          metric: f1,
          space:
            {
              mlp: { epochs: 8, learningRate: { min: 0.001, max: 0.08, scale: log }, hidden: { choices: [[4], [8, 4]] } },
              logistic-regression: { epochs: 8, learningRate: { min: 0.001, max: 0.08, scale: log } },
            },
          ${search},
        }
`,
  );

/** The same with trees. */
export const forestYaml = (name: string): string =>
  pipelineYaml(name)
    .replace(
      /^model: .*$/m,
      'model: { kind: lightgbm, numIterations: 40, learningRate: 0.1, numLeaves: 7, minDataInLeaf: 5 }',
    )
    .replace(/^training: .*$/m, 'training: { seed: 7 }')
    .replace('{ strategy: fine-tune, epochs: 2, learningRate: 0.001 }', '{ strategy: fine-tune, epochs: 5 }')
    .replace('{ strategy: train, epochs: 3 }', '{ strategy: train }');

export function examplePipeline(name = 'rain', yaml = pipelineYaml): Pipeline {
  const parsed = parsePipeline(yaml(name));
  if ('problems' in parsed) throw new Error(JSON.stringify(parsed.problems));
  return parsed.ok;
}

export const exampleFile = (fileId: string): FileReference => ({
  store: 'gridfs',
  bucket: 'artifacts',
  fileId,
  digest: `sha256:${'0'.repeat(64)}`,
  bytes: 1,
  mediaType: 'application/octet-stream',
});

export function exampleRequest(change: Partial<RunRequest> = {}): RunRequest {
  return {
    cycleId: 'rain/2026-01-04',
    pipeline: 'rain',
    day: '2026-01-04',
    attempt: 1,
    maxAttempts: 3,
    runId: 'rain.2026-01-04.1',
    strategy: 'train',
    batches: ['rain/2026-01-04'],
    view: 'rain',
    viewVersion: 1,
    metadataId: 'rain@1',
    base: null,
    holdoutShare: 0.3,
    validationShare: 0.15,
    ...change,
  };
}

export const exampleBase = (checkpoint: FileReference | null): RunRequest['base'] => ({
  version: '20260101_061502',
  runId: 'rain.2026-01-01.1',
  artifact: exampleFile('artifact'),
  checkpoint,
  decisionThreshold: 0.5,
});

export const exampleFitted: FittedPreprocessing = {
  version: 1,
  dataset: 'rain',
  recordId: 'id',
  target: { column: 'wet', positive: 1 },
  inputs: [
    { column: 'sky', type: 'string', storage: 'string' },
    { column: 'pressure', type: 'number', storage: 'float64' },
    { column: 'wind', type: 'number', storage: 'float64' },
  ],
  dropped: [],
  categorical: [{ column: 'sky', feature: 'sky', vocabulary: ['blue', 'grey'] }],
  numeric: [
    { column: 'pressure', feature: 'pressure', impute: 1000, mean: 1000, std: 10 },
    { column: 'wind', feature: 'wind', impute: 5, mean: 5, std: 2 },
  ],
  statistics: {},
};

/** Rows of the view: [label, split, enc.sky, enc.pressure, enc.wind]. */
export function featureTable(rows: readonly (readonly Cell[])[]): Table {
  return tableFromRows(
    [
      { name: 'label', type: 'integer', storage: 'int32' },
      { name: 'split', type: 'number' },
      { name: 'enc.sky', type: 'integer', storage: 'int32' },
      { name: 'enc.pressure', type: 'number', storage: 'float32' },
      { name: 'enc.wind', type: 'number', storage: 'float32' },
    ],
    rows,
  );
}

/** Learnable rows that spread over the whole split. wet: which of pressure and wind is higher, as the sky says. */
export function rainRows(rows: number): Cell[][] {
  const wave = (row: number, period: number): number => Math.fround(Math.sin(row * period) * 2);
  return Array.from({ length: rows }, (_, row) => {
    const sky = 1 + (row % 2);
    const [pressure, wind] = [wave(row, 1.7), wave(row, 2.3)];
    const wet = (sky === 1 ? pressure > wind : wind > pressure) ? 1 : 0;
    return [wet, ((row * 37) % rows) / rows, sky, pressure, wind];
  });
}
