// Trains LightGBM on five folds of the credit data, with sets of categories and with codes as numbers, and prints the
// table of docs/adr/0012-lightgbm.md:
//   LIGHTGBM_LIBRARY=lib_lightgbm.so node dist/rehearsal/folds.main.js TABLE.csv
import { readFileSync } from 'node:fs';
import { scores } from '@perennial/classification-metrics';
import type { Table } from '@perennial/columns';
import {
  buildLightGbmArtifact,
  lightGbmConfig,
  type LightGbmParameters,
  type LightGbmResult,
  trainLightGbm,
} from '@perennial/lightgbm';
import { openModel } from '@perennial/model-runtime';
import type { Pipeline } from '@perennial/pipeline';
import { apply, fit } from '@perennial/preprocessing-steps';
import { readPipeline } from '../data/credit.pipeline';
import { parseTable } from '../data/one-hot.decode';
import { encodedRows, labelsOf, rawInputsOf, rawTable } from './encoded.day';
import { type Fold, foldOf, FOLDS } from './fold';
import { libraryFile } from './rehearsal.config';

const tuned = {
  numIterations: 2000,
  learningRate: 0.03,
  numLeaves: 15,
  minDataInLeaf: 50,
  featureFraction: 0.6,
  baggingFraction: 0.8,
  lambdaL2: 5,
  earlyStoppingRound: 100,
} as const;
const variants: Record<string, Partial<LightGbmParameters>> = {
  'standard parameters, sets': { earlyStoppingRound: 20 },
  'standard parameters, codes': { earlyStoppingRound: 20, categoricalSplits: 'codes' },
  'slow, small trees, sets': tuned,
  'slow, small trees, codes': { ...tuned, categoricalSplits: 'codes' },
};

async function measure({ train, validation, test }: Fold, pipeline: Pipeline, given: Partial<LightGbmParameters>) {
  const fitted = fit(train, pipeline);
  const model = lightGbmConfig(fitted, given);
  const encoded = (raw: Table) => apply(raw, fitted);
  const held = encoded(validation);
  const result = await trainLightGbm({
    model,
    training: { classWeights: 'none', seed: 42 },
    train: encodedRows([encoded(train)], fitted),
    validation: encodedRows([held], fitted),
    library: { file: libraryFile() },
  });
  const artifact = buildLightGbmArtifact({
    fitted,
    modelConfig: model,
    modelText: result.modelText,
    decisionThreshold: result.decisionThreshold,
    pipelineName: pipeline.name,
  });
  const loaded = await openModel(artifact, { name: pipeline.name, version: 'folds' });
  try {
    const judged = encoded(test);
    const probabilities = await loaded.predictTable(rawInputsOf(judged));
    const terms = { threshold: loaded.decisionThreshold, averaging: 'binary' } as const;
    const parity = largestDifference(await loaded.predictTable(rawInputsOf(held)), result);
    return {
      ...scores(labelsOf(judged), probabilities, terms),
      ...costs(result),
      kilobytes: artifact.length / 1024,
      parity,
    };
  } finally {
    await loaded.close();
  }
}

const costs = ({ seconds, bestIteration, history }: LightGbmResult) => ({
  seconds,
  trees: bestIteration,
  iterations: history.length,
});

/** Of the served file from raw columns against LightGBM itself. */
function largestDifference(served: Float64Array, { validationProbabilities }: LightGbmResult): number {
  return served.reduce((most, p, row) => Math.max(most, Math.abs(p - (validationProbabilities[row] as number))), 0);
}

function line(name: string, folds: readonly Record<string, unknown>[]): string {
  const column = (metric: string) => folds.map((fold) => Number(fold[metric]));
  const mean = (metric: string) => column(metric).reduce((sum, value) => sum + value, 0) / folds.length;
  const cells = [
    ...['rocAuc', 'prAuc', 'f1', 'brier'].map((metric) => mean(metric).toFixed(4)),
    mean('trees').toFixed(0),
    mean('iterations').toFixed(0),
    mean('seconds').toFixed(2),
    mean('kilobytes').toFixed(0),
    Math.max(...column('parity')).toExponential(1),
  ];
  return `| ${name} | ${cells.join(' | ')} |`;
}

async function main(): Promise<void> {
  const pipeline = readPipeline();
  const records = parseTable(readFileSync(process.argv[2] ?? '', 'utf8'));
  const raw = rawTable({ day: '', title: '', records }, pipeline);
  console.log(`${raw.rows} rows, ${FOLDS} folds`);
  console.log('| variant | ROC-AUC | PR-AUC | F1 | Brier | trees | iterations | seconds | KiB | parity |');
  console.log('| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |');
  for (const [name, given] of Object.entries(variants)) {
    const folds = [];
    for (let fold = 0; fold < FOLDS; fold++) folds.push(await measure(foldOf(raw, fold), pipeline, given));
    console.log(line(name, folds));
  }
  const { parity } = await measure({ train: raw, validation: raw, test: raw }, pipeline, { numIterations: 1000 });
  console.log(`1000 trees grown from all rows: parity ${parity.toExponential(1)} over all ${raw.rows} of them`);
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
