import type { FileReference } from '@perennial/contracts';
import { decide, evolveAll, type Search, type SearchMetric } from '@perennial/search';
import type { RunSearch } from '../domain/run.search';
import { ProcessEstimators } from '../infrastructure/process.estimators';
import { exampleFile, examplePipeline } from '../testing/run.examples';
import type { TrialResult } from './ports';
import { searchWinner } from './search.winner';

const labels = Int32Array.of(1, 1, 0, 0);
const at = '2026-01-04T00:00:00.000Z';
const estimators = new ProcessEstimators({ niceness: 0, threads: 1, library: {} });

/** Scores and validation probabilities of the trials, in their order. */
async function winner(metric: SearchMetric, ensembleSize: number, trials: { score: number; p: number[] }[]) {
  const declaration = {
    ...{ metric, parallel: 1, halving: null, budget: { trials: trials.length, seconds: 100 } },
    space: { mlp: { dropout: { min: 0, max: 0.5, scale: 'linear' as const, integer: false } } },
  };
  let search = evolveAll(null, decide(null, { type: 'start', at, declaration, seed: 1 })) as Search;
  const models = new Map<string, Uint8Array>();
  const files: Record<string, FileReference> = {};
  for (const [index, { score, p }] of trials.entries()) {
    const trial = index + 1;
    const events = decide(search, { type: 'score', at, trial, rung: 0, score, seconds: 2 });
    search = evolveAll(search, events) as Search;
    const result: TrialResult = {
      ...{
        checkpoint: Uint8Array.of(trial),
        history: [],
        round: 1,
        decisionThreshold: 0.5,
        seconds: 2,
        rowsPerSecond: 1,
      },
      validation: { f1: null, rocAuc: null, logLoss: null, [metric]: score },
      validationProbabilities: Float32Array.from(p),
    };
    files[`${trial}/0`] = exampleFile(String(trial));
    models.set(String(trial), estimators.encode(result, String(trial)));
  }
  const read: string[] = [];
  const get = async ({ fileId }: FileReference) => {
    read.push(fileId);
    return models.get(fileId) as Uint8Array;
  };
  const pipeline = { ...examplePipeline(), calibration: { method: 'none' as const } };
  const inputs = { pipeline, plan: { ensembleSize }, validation: { labels } } as never;
  const found = await searchWinner({ search, files } as RunSearch, inputs, { files: { get }, estimators });
  return { ...found, read };
}

/** The first two err on different rows. */
const complementary = [
  { score: 0.75, p: [0.9, 0.4, 0.1, 0.5] },
  { score: 0.75, p: [0.4, 0.9, 0.5, 0.1] },
  { score: 0.5, p: [0.6, 0.2, 0.1, 0.7] },
];

it('is the best trial where no ensemble is declared, whose model alone is read', async () => {
  const { candidate, read, result, trials, seconds } = await winner('rocAuc', 0, complementary);
  expect(candidate.members).toHaveLength(1);
  expect(result.checkpoint).toEqual(Uint8Array.of(1));
  expect({ read, trials, seconds }).toEqual({ read: ['1'], trials: 3, seconds: 6 });
});

it('is an ensemble of the best few where that is better by the metric of the search', async () => {
  const { candidate, finished, read } = await winner('rocAuc', 2, complementary);
  expect(candidate.validation.rocAuc).toBe(1);
  const names = candidate.members.map(
    ({ estimator }) => finished.find(({ result }) => result === estimator)?.trial.trial,
  );
  expect(names.sort()).toEqual([1, 2]);
  expect(read.sort()).toEqual(['1', '2']);
});

it('is the best trial where no mean is better', async () => {
  const { candidate } = await winner('logLoss', 3, [
    { score: 0.9, p: [0.4, 0.4, 0.6, 0.6] },
    { score: 0.1, p: [0.9, 0.9, 0.1, 0.1] },
  ]);
  expect(candidate.members.map(({ estimator }) => estimator.checkpoint)).toEqual([Uint8Array.of(2)]);
});

it('does not exist where every trial failed', async () => {
  await expect(winner('f1', 2, [])).rejects.toMatchObject({ code: 'run.search-failed' });
});
