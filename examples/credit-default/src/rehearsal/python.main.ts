// Trains every kind of model on a few days of the credit data and gives the served files to Python: onnx checks them,
// onnxruntime and MLflow answer the same rows, and the largest differences from our own answers are printed.
//   pip install -r examples/credit-default/python/requirements.txt
//   node dist/rehearsal/python.main.js TABLE.csv PYTHON
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { numericColumnOf, stringColumnOf, type Table, takeRows } from '@perennial/columns';
import {
  buildServedModel,
  type CalibrationMethod,
  estimatorConfig,
  type EstimatorDeclaration,
  type FittedEstimator,
  joinEstimators,
  trainEstimator,
} from '@perennial/estimators';
import { type LoadedModel, openModel } from '@perennial/model-runtime';
import type { Pipeline } from '@perennial/pipeline';
import { apply, fit } from '@perennial/preprocessing-steps';
import { mlmodelFile } from '@perennial/registry';
import { readPipeline } from '../data/credit.pipeline';
import { parseTable } from '../data/one-hot.decode';
import { encodedRows, rawTable } from './encoded.day';
import { libraryFile } from './rehearsal.config';

const SCRIPT = resolve(__dirname, '../../python/parity.py');
const TOLERANCE = 1e-5;
const kinds: readonly EstimatorDeclaration[] = [
  { kind: 'tab-transformer', dModel: 16, heads: 4, layers: 2, feedForward: 32, dropout: 0.1 },
  {
    ...{ kind: 'ft-transformer', dModel: 16, heads: 4, layers: 2, feedForward: 21 },
    ...{ attentionDropout: 0.2, feedForwardDropout: 0.1, residualDropout: 0 },
  },
  { kind: 'mlp', embedding: 4, hidden: [32], dropout: 0.1 },
  { kind: 'logistic-regression' },
  { kind: 'lightgbm' },
];

const part = (table: Table, from: number, to: number): Table =>
  takeRows(
    table,
    Array.from({ length: to - from }, (_, row) => from + row),
  );

async function main([file, python]: readonly string[]): Promise<void> {
  if (!file || !python) throw new Error('usage: python.main.js TABLE.csv PYTHON');
  const pipeline = readPipeline();
  const raw = rawTable({ day: '', title: '', records: parseTable(readFileSync(file, 'utf8')) }, pipeline);
  const folder = mkdtempSync(join(tmpdir(), 'perennial-python-'));
  try {
    const judged = part(raw, 5000, 6000);
    for (const [name, artifact] of await servedModels(raw, pipeline)) {
      await writeCase(join(folder, name), artifact, judged);
    }
    report(JSON.parse(execFileSync(python, [SCRIPT, folder], { encoding: 'utf8' })));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Each kind alone, calibrated by a sigmoid, and all of them as one, calibrated by isotonic regression. */
async function servedModels(raw: Table, pipeline: Pipeline): Promise<Map<string, Uint8Array>> {
  const fitted = fit(part(raw, 0, 3000), pipeline);
  const encoded = (from: number, to: number) => encodedRows([apply(part(raw, from, to), fitted)], fitted);
  const rows = { train: encoded(0, 3000), validation: encoded(3000, 4000) };
  const serve = (estimators: readonly FittedEstimator[], method: CalibrationMethod) => {
    const members = estimators.map((estimator, index) => ({ estimator, weight: index + 1 }));
    const joined = joinEstimators(members, rows.validation.labels, method);
    const frame = { fitted, decisionThreshold: joined.decisionThreshold, pipelineName: pipeline.name };
    return buildServedModel(frame, joined);
  };
  const served = new Map<string, Uint8Array>();
  const trained: FittedEstimator[] = [];
  for (const declared of kinds) {
    const training =
      declared.kind === 'lightgbm' ? { epochs: 50, learningRate: 0.1 } : { epochs: 3, learningRate: 0.001 };
    const request = {
      ...rows,
      model: estimatorConfig(fitted, declared),
      training: { ...pipeline.training, ...training },
    };
    const estimator = await trainEstimator(request, { library: { file: libraryFile() } });
    trained.push(estimator);
    served.set(declared.kind, serve([estimator], 'sigmoid'));
  }
  return served.set('ensemble', serve(trained, 'isotonic'));
}

/** An MLflow model as the registry writes it, the rows and our answers. */
async function writeCase(folder: string, artifact: Uint8Array, rows: Table): Promise<void> {
  const loaded = await openModel(artifact, { name: 'python', version: '1' });
  try {
    const inputs = loaded.signature.inputs.map(({ name, type }) => ({
      name,
      type: type === 'string' ? type : ('float32' as const),
    }));
    const digest = `sha256:${createHash('sha256').update(artifact).digest('hex')}`;
    mkdirSync(folder);
    writeFileSync(join(folder, 'model.onnx'), artifact);
    writeFileSync(join(folder, 'MLmodel'), mlmodelFile({ runId: 'python', digest, createdAt: new Date(), inputs }));
    writeFileSync(join(folder, 'cases.json'), JSON.stringify(await casesOf(loaded, rows)));
  } finally {
    await loaded.close();
  }
}

async function casesOf(loaded: LoadedModel, rows: Table) {
  const inputs = loaded.signature.inputs.map(({ name, type }): [string, (string | number | null)[]] => {
    if (type === 'string') return [name, stringColumnOf(rows, name).values.map((value) => value ?? '')];
    const values = Array.from(numericColumnOf(rows, name).values);
    return [name, values.map((value) => (Number.isNaN(value) ? null : value))];
  });
  const probabilities = Array.from(await loaded.predictTable(rows));
  return { inputs: Object.fromEntries(inputs), probabilities };
}

function report(differences: Record<string, Record<string, number>>): void {
  const ways = Object.keys(Object.values(differences)[0] ?? {});
  console.log(`| model | ${ways.join(' | ')} |\n| --- | ${ways.map(() => '---').join(' | ')} |`);
  for (const [name, found] of Object.entries(differences)) {
    console.log(`| ${name} | ${ways.map((way) => found[way]?.toExponential(1)).join(' | ')} |`);
  }
  const largest = Math.max(...Object.values(differences).flatMap((found) => Object.values(found)));
  if (!(largest <= TOLERANCE)) throw new Error(`answers differ by ${largest}, more than ${TOLERANCE}`);
}

main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
