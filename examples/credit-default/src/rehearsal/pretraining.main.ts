// Measures what contrastive pretraining gives where few rows are labelled, on five folds of the credit data:
//   node dist/rehearsal/pretraining.main.js TABLE.csv --kind mlp --variants 0.6:1,0.3:0.5 --out FILE.json
// Each variant is corruption:temperature. Draw n tests on fold n mod 5, chooses the labelled rows and seeds anew. The file
// is written after each draw; docs/adr/0014 has the figures.
//   node dist/rehearsal/pretraining.main.js --table FILE.json …    prints the table of several files' draws
import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { pipelineFile, readPipeline } from '../data/credit.pipeline';
import { parseTable } from '../data/one-hot.decode';
import type { PretrainingConfig, TrainingConfig } from '@perennial/training';
import type { Pipeline } from '@perennial/pipeline';
import { rawTable } from './encoded.day';
import { foldOf, FOLDS } from './fold';
import { benefitTable, type Measured } from './pretraining.benefit';
import { PretrainingTrials } from './pretraining.trial';

/** What each share of labels may take, with and without pretraining: epochs, and patience on the validation log loss. */
const BUDGETS: Readonly<Record<string, { epochs: number; patience: number }>> = {
  '0.01': { epochs: 150, patience: 20 },
  '0.05': { epochs: 50, patience: 10 },
  '0.1': { epochs: 30, patience: 8 },
  '1': { epochs: 10, patience: 3 },
};

const { values: flags, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    kind: { type: 'string', default: 'mlp' },
    variants: { type: 'string', default: '0.6:1' },
    shares: { type: 'string', default: '0.01,0.05,0.1,1' },
    draws: { type: 'string', default: [...Array(FOLDS).keys()].join() },
    table: { type: 'boolean', default: false },
    epochs: { type: 'string', default: '20' },
    batch: { type: 'string', default: '128' },
    rate: { type: 'string', default: '0.001' },
    learningRate: { type: 'string', default: '0.0003' },
    out: { type: 'string' },
  },
});

function pipelineOf(kind: string): Pipeline {
  const text = readFileSync(pipelineFile, 'utf8');
  return readPipeline(kind === 'tab-transformer' ? text : text.replace(/^model: .*$/m, `model: { kind: ${kind} }`));
}

const variants = flags.variants.split(',').map((text): [string, PretrainingConfig] => {
  const [corruption, temperature] = text.split(':').map(Number) as [number, number];
  const terms = { epochs: Number(flags.epochs), batchSize: Number(flags.batch), learningRate: Number(flags.rate) };
  return [
    `corruption ${corruption}, temperature ${temperature}`,
    { ...terms, corruption, temperature, projection: 64, patience: 3 },
  ];
});

/** Without class weights, so that the log loss to stop by is the one that is trained. */
function trainingOf({ training }: Pipeline, share: string, seed: number): TrainingConfig {
  const { epochs, patience } = BUDGETS[share] as (typeof BUDGETS)[string];
  const terms = { epochs, seed, learningRate: Number(flags.learningRate), classWeights: 'none' as const };
  return { ...training, ...terms, earlyStopping: { metric: 'logLoss', patience } };
}

async function measureDraw(trials: PretrainingTrials, pipeline: Pipeline, draw: number): Promise<Measured[]> {
  const measured: Measured[] = [];
  const encoders = [];
  for (const [name, terms] of variants) {
    const encoder = await trials.pretrain(terms);
    const { checkpoint: _checkpoint, ...told } = encoder;
    console.error(`draw ${draw}, ${name}: ${JSON.stringify(told)}`);
    encoders.push([name, encoder] as const);
  }
  for (const share of flags.shares.split(',')) {
    const training = trainingOf(pipeline, share, draw);
    const add = async (variant: string, checkpoint?: Uint8Array) => {
      const labels = trials.labelled(Number(share)).train.rows;
      const trial = await trials.trial(Number(share), training, checkpoint);
      console.error(`draw ${draw}, ${share} of the labels, ${variant}: ${JSON.stringify(trial)}`);
      measured.push({ draw, share, labels, variant, ...trial });
    };
    await add('plain');
    for (const [name, { checkpoint }] of encoders) await add(name, checkpoint);
  }
  return measured;
}

async function main(): Promise<void> {
  const pipeline = pipelineOf(flags.kind);
  const raw = rawTable(
    { day: '', title: '', records: parseTable(readFileSync(positionals[0] ?? '', 'utf8')) },
    pipeline,
  );
  const measured: Measured[] = [];
  for (const draw of flags.draws.split(',').map(Number)) {
    const trials = new PretrainingTrials(pipeline, foldOf(raw, draw % FOLDS), draw);
    measured.push(...(await measureDraw(trials, pipeline, draw)));
    const report = {
      model: pipeline.model,
      learningRate: Number(flags.learningRate),
      variants: Object.fromEntries(variants),
      budgets: BUDGETS,
      measured,
    };
    if (flags.out) writeFileSync(flags.out, `${JSON.stringify(report, null, 1)}\n`);
    console.log(`${flags.kind}\n${benefitTable(measured)}`);
  }
}

const measuredIn = (file: string) => (JSON.parse(readFileSync(file, 'utf8')) as { measured: Measured[] }).measured;

if (flags.table) console.log(benefitTable(positionals.flatMap(measuredIn)));
else
  main().catch((error: unknown) => {
    console.error(error);
    process.exitCode = 1;
  });
