// Trains a TabTransformer and LightGBM with balanced classes on the credit data, calibrates each on its validation rows,
// and prints the table of docs/adr/0014-calibration.md, measured on rows that neither saw:
//   LIGHTGBM_LIBRARY=lib_lightgbm.so node dist/rehearsal/calibration.main.js TABLE.csv
import { readFileSync } from 'node:fs';
import { scores } from '@perennial/classification-metrics';
import { type Table, takeRows } from '@perennial/columns';
import {
  buildServedModel,
  type CalibrationMethod,
  estimatorConfig,
  type EstimatorDeclaration,
  type FittedEstimator,
  joinEstimators,
  trainEstimator,
} from '@perennial/estimators';
import { openModel } from '@perennial/model-runtime';
import { apply, fit, type FittedPreprocessing, splitOf } from '@perennial/preprocessing-steps';
import { readPipeline } from '../data/credit.pipeline';
import { parseTable } from '../data/one-hot.decode';
import { encodedRows, labelsOf, rawInputsOf, rawTable } from './encoded.day';
import { libraryFile } from './rehearsal.config';

const METHODS: readonly CalibrationMethod[] = ['none', 'temperature', 'sigmoid', 'isotonic'];
const EPOCHS = 5;
const trees = {
  ...{ kind: 'lightgbm' as const, numIterations: 2000, learningRate: 0.03, numLeaves: 15, minDataInLeaf: 50 },
  ...{ featureFraction: 0.6, baggingFraction: 0.8, lambdaL2: 5, earlyStoppingRound: 100 },
} as const;

type Part = 'train' | 'validation' | 'test';

/** 60 % to train on, 15 % to calibrate on, 25 % to judge, by record id. */
function partOf(raw: Table, wanted: Part): Table {
  const ids = raw.columns.find(({ name }) => name === 'id')?.values as readonly string[];
  const part = (id: string): Part => {
    const at = splitOf('calibration', id);
    return at < 0.6 ? 'train' : at < 0.75 ? 'validation' : 'test';
  };
  return takeRows(
    raw,
    Array.from(ids.keys()).filter((row) => part(String(ids[row])) === wanted),
  );
}

/** Expected calibration error: mean distance of ten equally filled bins from their share of positives. */
function calibrationError(labels: ArrayLike<number>, probabilities: Float64Array): number {
  const order = Array.from(probabilities.keys()).sort(
    (a, b) => (probabilities[a] as number) - (probabilities[b] as number),
  );
  const size = Math.ceil(order.length / 10);
  return Array.from({ length: 10 }, (_, bin) => order.slice(bin * size, (bin + 1) * size)).reduce((sum, rows) => {
    const gap = rows.reduce((total, row) => total + (probabilities[row] as number) - (labels[row] as number), 0);
    return sum + Math.abs(gap) / order.length;
  }, 0);
}

async function judge(estimator: FittedEstimator, method: CalibrationMethod, fitted: FittedPreprocessing, raw: Table) {
  const held = encodedRows([apply(partOf(raw, 'validation'), fitted)], fitted);
  const joined = joinEstimators([{ estimator, weight: 1 }], held.labels, method);
  const frame = { fitted, decisionThreshold: joined.decisionThreshold, pipelineName: 'credit-default' };
  const loaded = await openModel(buildServedModel(frame, joined), { name: 'credit-default', version: method });
  try {
    const judged = apply(partOf(raw, 'test'), fitted);
    const probabilities = await loaded.predictTable(rawInputsOf(judged));
    const terms = { threshold: loaded.decisionThreshold, averaging: 'binary' } as const;
    const labels = labelsOf(judged);
    const measured = scores(labels, probabilities, terms);
    return { ...measured, error: calibrationError(labels, probabilities), distinct: new Set(probabilities).size };
  } finally {
    await loaded.close();
  }
}

async function main(): Promise<void> {
  const pipeline = readPipeline();
  const raw = rawTable(
    { day: '', title: '', records: parseTable(readFileSync(process.argv[2] ?? '', 'utf8')) },
    pipeline,
  );
  const fitted = fit(partOf(raw, 'train'), pipeline);
  const rows = (part: Part) => encodedRows([apply(partOf(raw, part), fitted)], fitted);
  console.log('| model | method | Brier | log loss | calibration error | ROC-AUC | F1 | distinct |');
  console.log('| --- | --- | --- | --- | --- | --- | --- | --- |');
  const declarations: EstimatorDeclaration[] = [trees, pipeline.model];
  for (const declared of declarations) {
    const model = estimatorConfig(fitted, declared);
    const rounds = declared.kind === 'lightgbm' ? declared : { numIterations: EPOCHS, learningRate: undefined };
    const { numIterations: epochs = EPOCHS, learningRate = pipeline.training.learningRate } = rounds;
    const training = { ...pipeline.training, epochs, learningRate, classWeights: 'balanced' as const };
    const request = { model, training, train: rows('train'), validation: rows('validation') };
    const estimator = await trainEstimator(request, { library: { file: libraryFile() } });
    for (const method of METHODS) {
      const { brier, logLoss, error, rocAuc, f1, distinct } = await judge(estimator, method, fitted, raw);
      const cells = [brier, logLoss, error, rocAuc, f1].map((value) => Number(value).toFixed(4));
      console.log(`| ${declared.kind} | ${method} | ${cells.join(' | ')} | ${distinct} |`);
    }
  }
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
