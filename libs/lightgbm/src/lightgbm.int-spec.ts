import { readFileSync } from 'node:fs';
import { runModel } from '@perennial/onnx-graph/testing';
import type { TrainingProgress } from '@perennial/training';
import { parseBooster } from './booster.model';
import { runLightGbm } from './booster.train';
import { buildLightGbmArtifact } from './lightgbm.artifact';
import { lightGbmConfig, type LightGbmParameters } from './lightgbm.config';
import type { LightGbmRequest, LightGbmResult } from './lightgbm.request';
import { trainLightGbm } from './lightgbm.train';
import { lightGbmVersion } from './library.location';
import { NativeDataset } from './native.booster';
import { NativeLibrary } from './native.library';
import { encodedShapes, rawFeeds, rawShapes, shapes } from './testing/shape.rows';

// A busy machine is slow to start a process.
jest.setTimeout(120_000);

const library = { file: process.env.LIGHTGBM_LIBRARY || undefined, artifacts: process.env.PERENNIAL_ARTIFACTS };
const train = encodedShapes(rawShapes(4000, 1));
const heldBack = rawShapes(1500, 2);
const validation = encodedShapes(heldBack);

function request(given: Partial<LightGbmParameters> = {}, change: Partial<LightGbmRequest> = {}): LightGbmRequest {
  const model = lightGbmConfig(shapes, { numIterations: 60, minDataPerGroup: 20, ...given });
  return { model, training: { classWeights: 'none', seed: 5 }, train, validation, library, ...change };
}

const here = (each: LightGbmRequest) => runLightGbm(each, { now: () => performance.now() });

async function served(result: LightGbmResult, { model }: LightGbmRequest): Promise<number[]> {
  const artifact = buildLightGbmArtifact({
    fitted: shapes,
    modelConfig: model,
    modelText: result.modelText,
    decisionThreshold: result.decisionThreshold,
    pipelineName: 'shapes',
  });
  return (await runModel(artifact, rawFeeds(heldBack)))['probability'] as number[];
}

describe('LightGBM', () => {
  it.each(['native', 'codes'] as const)('scores as its served file does from raw columns: %s', async (splits) => {
    const asked = request({ categoricalSplits: splits, numIterations: 300, numLeaves: 63 });
    const result = await trainLightGbm(asked);
    const probabilities = await served(result, asked);
    expect(probabilities).toHaveLength(heldBack.rows);
    probabilities.forEach((p, row) =>
      expect(Math.abs(p - (result.validationProbabilities[row] as number))).toBeLessThan(1e-6),
    );
    expect(result.validationRocAuc).toBeGreaterThan(0.85);
    const sets = parseBooster(result.modelText).trees.filter(({ kind }) => kind === 'categorical').length;
    if (splits === 'native') expect(sets).toBeGreaterThan(0);
    else expect(result.modelText).not.toMatch(/^num_cat=[1-9]/m);
  });

  it('grows the same trees from the same rows and seed, in whichever process, and others from another seed', async () => {
    const drawn = { baggingFraction: 0.7, featureFraction: 0.8 };
    const first = await trainLightGbm(request(drawn));
    const again = await here(request(drawn));
    expect(again.modelText).toBe(first.modelText);
    expect(again.validationProbabilities).toEqual(first.validationProbabilities);
    const other = await here(request(drawn, { training: { classWeights: 'none', seed: 6 } }));
    expect(other.modelText).not.toBe(first.modelText);
  });

  it('stops when the validation loss no longer falls, and keeps the trees up to the best', async () => {
    const result = await here(request({ numIterations: 2000, learningRate: 0.3, earlyStoppingRound: 10 }));
    const losses = result.history.map(({ validationLoss }) => validationLoss as number);
    expect(losses.length).toBe(result.bestIteration + 10);
    expect(losses.indexOf(Math.min(...losses)) + 1).toBe(result.bestIteration);
    expect(parseBooster(result.modelText).trees).toHaveLength(result.bestIteration);
    // Rows weigh the same here, so that LightGBM's own loss is the one of its probabilities.
    expect(result.validationLogLoss).toBeCloseTo(Math.min(...losses), 5);
  });

  it('weighs rows by their class', async () => {
    const plain = await here(request());
    const balanced = await here(request({}, { training: { classWeights: 'balanced', seed: 5 } }));
    const mean = ({ validationProbabilities: p }: LightGbmResult) => p.reduce((sum, each) => sum + each, 0) / p.length;
    const rate = validation.labels.reduce((sum, label) => sum + label, 0) / validation.rows;
    expect(rate).toBeLessThan(0.45);
    expect(Math.abs(mean(plain) - rate)).toBeLessThan(0.03);
    expect(mean(balanced)).toBeGreaterThan(mean(plain) + 0.02);
  });

  it('trains without rows to validate on', async () => {
    const none = encodedShapes(rawShapes(0, 1));
    const result = await here(request({ earlyStoppingRound: 5 }, { validation: none }));
    expect(result).toMatchObject({ bestIteration: 60, decisionThreshold: 0.5, validationLogLoss: null });
    expect(result.history.every(({ validationLoss }) => validationLoss === null)).toBe(true);
  });

  it('records which library it was', async () => {
    const { library: identity } = await here(request({ numIterations: 1 }));
    expect(identity).toMatchObject({ version: lightGbmVersion, sha256: expect.stringMatching(/^[0-9a-f]{64}$/) });
  });
});

describe('growing on from a checkpoint', () => {
  const firstHalf = () => here(request({ numIterations: 30 }));
  const grown = (initialCheckpoint: Uint8Array, given: Partial<LightGbmParameters> = {}, change = {}) =>
    request({ numIterations: 30, ...given }, { initialCheckpoint, ...change });

  it('gives on the same rows the trees of one training', async () => {
    const whole = await here(request({ numIterations: 60 }));
    const { checkpoint } = await firstHalf();
    const asked = grown(checkpoint);
    const result = await trainLightGbm(asked);
    expect(result.bestIteration).toBe(30);
    expect(parseBooster(result.modelText).trees).toHaveLength(60);
    result.validationProbabilities.forEach((p, row) =>
      expect(Math.abs(p - (whole.validationProbabilities[row] as number))).toBeLessThan(1e-6),
    );
    expect(result.history.at(-1)?.trainLoss).toBeCloseTo(whole.history.at(-1)!.trainLoss, 9);
    (await served(result, asked)).forEach((p, row) =>
      expect(Math.abs(p - (result.validationProbabilities[row] as number))).toBeLessThan(1e-6),
    );
  });

  it('keeps the old trees as they are and learns from the new rows', async () => {
    const { checkpoint, modelText } = await firstHalf();
    const flipped = { ...train, labels: train.labels.map((label) => 1 - label) };
    const judged = { ...validation, labels: validation.labels.map((label) => 1 - label) };
    const result = await here(grown(checkpoint, { learningRate: 0.3 }, { train: flipped, validation: judged }));
    const [old, all] = [parseBooster(modelText).trees, parseBooster(result.modelText).trees];
    expect(all.slice(0, 30)).toEqual(old);
    const losses = result.history.map(({ validationLoss }) => validationLoss as number);
    expect(losses[0]).toBeGreaterThan(Math.LN2);
    expect(losses.at(-1)).toBeLessThan(0.5);
  });

  it('keeps the best of the further iterations', async () => {
    const { checkpoint } = await firstHalf();
    const result = await here(grown(checkpoint, { numIterations: 2000, learningRate: 0.5, earlyStoppingRound: 5 }));
    expect(result.history).toHaveLength(result.bestIteration + 5);
    expect(parseBooster(result.modelText).trees).toHaveLength(30 + result.bestIteration);
  });

  it('adds nothing where no tree gains anything', async () => {
    const { checkpoint, modelText } = await firstHalf();
    const result = await here(grown(checkpoint, { minGainToSplit: 1e9 }));
    expect(result).toMatchObject({ bestIteration: 0, history: [] });
    expect(parseBooster(result.modelText)).toEqual(parseBooster(modelText));
  });

  it('refuses trees of other features, and what is no checkpoint', async () => {
    const { checkpoint } = await firstHalf();
    const { model } = request();
    const other = { ...model, numeric: ['x', 'z', 'y'] };
    await expect(here(grown(checkpoint, {}, { model: other }))).rejects.toMatchObject({
      code: 'training.checkpoint-mismatch',
      message: expect.stringContaining('[x, y, z] in the checkpoint, [x, z, y] now'),
    });
    await expect(here(grown(checkpoint.subarray(0, 500)))).rejects.toMatchObject({
      code: 'training.invalid-checkpoint',
    });
  });
});

describe('the training process', () => {
  const long = () => request({ numIterations: 1_000_000, numLeaves: 255, minDataInLeaf: 1 });
  const children = () => {
    const list = readFileSync(`/proc/${process.pid}/task/${process.pid}/children`, 'utf8');
    return list.trim().split(' ').filter(Boolean);
  };

  it('reports progress, and is gone at once when asked to stop', async () => {
    const stop = new AbortController();
    const reports: TrainingProgress[] = [];
    const onProgress = (report: TrainingProgress) => {
      reports.push(report);
      stop.abort(new Error('enough'));
    };
    await expect(trainLightGbm(long(), { signal: stop.signal, onProgress })).rejects.toMatchObject({
      code: 'training.cancelled',
      cause: { message: 'enough' },
    });
    expect(reports[0]).toMatchObject({ epochs: 1_000_000, loss: expect.any(Number), secondsLeft: expect.any(Number) });
    expect(reports[0]!.epoch).toBe(reports[0]!.step);
    if (process.platform !== 'linux') return;
    while (children().length > 0) await new Promise((resolve) => setTimeout(resolve, 20));
  });

  it('passes on its errors with their code', async () => {
    await expect(trainLightGbm(request({}, { library: { file: '/none/lib.so' } }))).rejects.toMatchObject({
      code: 'training.library-missing',
      retryable: false,
      details: { candidates: ['/none/lib.so'] },
    });
    const model = { ...request().model, numLeaves: 1 };
    await expect(trainLightGbm(request({}, { model }))).rejects.toMatchObject({
      code: 'training.invalid-request',
      details: { field: 'numLeaves', value: 1 },
    });
    const labels = new Int32Array(train.rows);
    await expect(trainLightGbm(request({}, { train: { ...train, labels } }))).rejects.toMatchObject({
      code: 'training.one-class',
    });
  });
});

it('says what LightGBM refuses, in its words', () => {
  const opened = NativeLibrary.open(library);
  const matrix = { data: Float32Array.of(1, 2), rows: 2, columns: 1 };
  const error = expect.objectContaining({ code: 'training.library-failed', retryable: false });
  expect(() => NativeDataset.create(opened, matrix, 'max_bin=1')).toThrow(error);
  expect(() => NativeDataset.create(opened, matrix, 'max_bin=1')).toThrow(/refused datasetFromMatrix: .*max_bin/);
});

it('makes a constant of rows too few to split', async () => {
  const two = { ...train, rows: 2, categorical: train.categorical.slice(0, 4), numeric: train.numeric.slice(0, 6) };
  const result = await here(request({}, { train: { ...two, labels: Int32Array.of(0, 1) } }));
  expect(parseBooster(result.modelText).trees).toEqual([{ kind: 'leaf', value: 0 }]);
  expect(result).toMatchObject({ bestIteration: 1, history: [expect.objectContaining({ iteration: 1 })] });
  expect(new Set(await served(result, request()))).toEqual(new Set([0.5]));
});
