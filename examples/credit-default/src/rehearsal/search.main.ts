// Searches LightGBM's parameters on the credit data, at random and by TPE side by side, and prints the best validation
// ROC-AUC as time goes on, and what the best trial reaches on rows that the search never saw:
//   LIGHTGBM_LIBRARY=lib_lightgbm.so node dist/rehearsal/search.main.js TABLE.csv --seconds 300 --seeds 1,2,3
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { scores } from '@perennial/classification-metrics';
import { lightGbmConfig, type LightGbmParameters, trainLightGbm } from '@perennial/lightgbm';
import { apply, fit } from '@perennial/preprocessing-steps';
import { decide, evolveAll, randomSearch, type Sampler, type Search, type SearchEvent, tpe } from '@perennial/search';
import type { EncodedRows } from '@perennial/training';
import { readPipeline } from '../data/credit.pipeline';
import { parseTable } from '../data/one-hot.decode';
import { encodedRows, rawTable } from './encoded.day';
import { foldOf } from './fold';
import { libraryFile } from './rehearsal.config';

const range = (min: number, max: number, scale: 'linear' | 'log', integer = false) => ({ min, max, scale, integer });
const space = {
  lightgbm: {
    learningRate: range(0.01, 0.3, 'log'),
    numLeaves: range(4, 128, 'log', true),
    minDataInLeaf: range(5, 200, 'log', true),
    featureFraction: range(0.3, 1, 'linear'),
    baggingFraction: range(0.5, 1, 'linear'),
    lambdaL2: range(0.001, 100, 'log'),
    numIterations: { choices: [400] },
    earlyStoppingRound: { choices: [30] },
  },
};

interface Variant {
  readonly name: string;
  readonly sampler: Sampler;
  readonly halving: { minimum: number; factor: number } | null;
}

const variants: readonly Variant[] = [
  { name: 'random', sampler: randomSearch, halving: null },
  { name: 'TPE', sampler: tpe(), halving: null },
  { name: 'TPE, halving', sampler: tpe(), halving: { minimum: 1 / 9, factor: 3 } },
];

interface Rows {
  readonly model: (given: Partial<LightGbmParameters>) => ReturnType<typeof lightGbmConfig>;
  readonly train: EncodedRows;
  readonly validation: EncodedRows;
  readonly test: EncodedRows;
}

const rocAuc = ({ labels }: EncodedRows, probabilities: Float32Array): number =>
  scores(labels, Float64Array.from(probabilities), { threshold: 0.5, averaging: 'binary' }).rocAuc as number;

function training(rows: Rows, parameters: Partial<LightGbmParameters>, share: number, judged: EncodedRows) {
  const model = rows.model({ ...parameters, numIterations: Math.ceil((parameters.numIterations ?? 1) * share) });
  const { train } = rows;
  const settings = { classWeights: 'none', seed: 42 } as const;
  return trainLightGbm({ model, training: settings, train, validation: judged, library: { file: libraryFile() } });
}

interface Found {
  readonly seconds: number;
  readonly trial: number;
  readonly rung: number;
  readonly score: number;
}

/** The scores in the order in which they came, and the search at its end. */
async function searched(rows: Rows, { sampler, halving }: Variant, seed: number, seconds: number) {
  const began = Date.now();
  const at = () => new Date().toISOString();
  const declaration = {
    ...{ space, metric: 'rocAuc' as const, budget: { trials: 100_000, seconds } },
    ...{ parallel: 1, halving },
  };
  let events: SearchEvent[] = decide(null, { type: 'start', at: at(), declaration, seed }, sampler);
  let search = evolveAll(null, events) as Search;
  const found: Found[] = [];
  for (let started = events.at(-1); started?.type === 'trial-started'; started = events.at(-1)) {
    const { trial, rung, share, configuration } = started;
    const result = await training(rows, configuration.parameters, share, rows.validation);
    const score = rocAuc(rows.validation, result.validationProbabilities);
    found.push({ seconds: (Date.now() - began) / 1000, trial, rung, score });
    events = decide(search, { type: 'score', at: at(), trial, rung, score, seconds: result.seconds }, sampler);
    search = evolveAll(search, events) as Search;
  }
  return { found, search };
}

const bestOf = (found: readonly Found[]): Found =>
  found.reduce((best, each) => (each.score > best.score ? each : best));

/** Of the best trial, on the rows of the test part: trained once more for as many trees as the validation part kept. */
async function unseen(rows: Rows, { trials, rungs }: Search, { trial, rung }: Found): Promise<number> {
  const parameters = trials[trial - 1]?.configuration.parameters as Partial<LightGbmParameters>;
  const { bestIteration } = await training(rows, parameters, rungs[rung] as number, rows.validation);
  const kept = { ...parameters, numIterations: bestIteration, earlyStoppingRound: 0 };
  return rocAuc(rows.test, (await training(rows, kept, 1, rows.test)).validationProbabilities);
}

async function line(rows: Rows, variant: Variant, seed: number, seconds: number): Promise<string> {
  const { found, search } = await searched(rows, variant, seed, seconds);
  const best = (among: readonly Found[]) => (among.length === 0 ? '' : bestOf(among).score.toFixed(5));
  const cells = [
    ...[variant.name, seed, search.trials.length, found.length],
    ...[10, 30, 60].map((count) => best(found.slice(0, count))),
    ...[60, seconds].map((limit) => best(found.filter((each) => each.seconds <= limit))),
    (await unseen(rows, search, bestOf(found))).toFixed(5),
  ];
  return `| ${cells.join(' | ')} |`;
}

async function main(): Promise<void> {
  const options = { seconds: { type: 'string', default: '300' }, seeds: { type: 'string', default: '1,2,3' } } as const;
  const { values, positionals } = parseArgs({ options, allowPositionals: true });
  const pipeline = readPipeline();
  const records = parseTable(readFileSync(positionals[0] ?? '', 'utf8'));
  const { train, validation, test } = foldOf(rawTable({ day: '', title: '', records }, pipeline), 0);
  const fitted = fit(train, pipeline);
  const encoded = (raw: typeof train) => encodedRows([apply(raw, fitted)], fitted);
  const rows = {
    ...{ model: (given: Partial<LightGbmParameters>) => lightGbmConfig(fitted, given) },
    ...{ train: encoded(train), validation: encoded(validation), test: encoded(test) },
  };
  const seconds = Number(values.seconds);
  const titles = ['sampler', 'seed', 'trials', 'trainings', 'after 10', 'after 30', 'after 60'];
  console.log(`| ${[...titles, 'after 60 s', `after ${seconds} s`, 'unseen rows'].join(' | ')} |`);
  console.log(`|${' --- |'.repeat(titles.length + 3)}`);
  for (const seed of values.seeds.split(',').map(Number)) {
    const lines = await Promise.all(variants.map((variant) => line(rows, variant, seed, seconds)));
    console.log(lines.join('\n'));
  }
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
