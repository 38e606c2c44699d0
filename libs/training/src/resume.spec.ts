import type { ModelConfig } from '@perennial/tabular-models';
import fc from 'fast-check';
import { decodeCheckpoint, encodeCheckpoint } from './checkpoint.format';
import { separableRows, smallModel, smallRequest } from './testing/synthetic.rows';
import type { TrainingConfig, TrainingRequest, TrainingResult } from './training.request';
import { runTraining } from './training.run';

jest.setTimeout(120_000);

const { categorical, numeric } = smallModel;
const features = { categorical, numeric };
const models: readonly ModelConfig[] = [
  smallModel,
  { ...smallModel, dropout: 0 },
  {
    ...{ kind: 'ft-transformer', dModel: 8, heads: 2, layers: 1, feedForward: 8, ...features },
    ...{ attentionDropout: 0.2, feedForwardDropout: 0.1, residualDropout: 0 },
  },
  { kind: 'mlp', embedding: 2, hidden: [8], dropout: 0.4, ...features },
  { kind: 'logistic-regression', ...features },
];
const optimizers: readonly Partial<TrainingConfig>[] = [
  { optimizer: 'sgd', momentum: 0 },
  { optimizer: 'sgd', momentum: 0.9 },
  { optimizer: 'adam' },
  { optimizer: 'adamw', weightDecay: 0.01 },
];

/** Without a clock all that is recorded is alike, and a checkpoint is made after every call. */
async function recorded(request: TrainingRequest): Promise<{ result: TrainingResult; checkpoints: Uint8Array[] }> {
  const checkpoints: Uint8Array[] = [];
  const onCheckpoint = (bytes: Uint8Array) => void checkpoints.push(bytes);
  const result = await runTraining({ ...request, checkpointSeconds: 0 }, { now: () => 0, onCheckpoint });
  return { result, checkpoints };
}

const requests = fc
  .record({
    model: fc.constantFrom(...models),
    optimizer: fc.constantFrom(...optimizers),
    schedule: fc.constantFrom('constant', 'linear', 'cosine'),
    warmup: fc.constantFrom(0, 0.2),
    clipNorm: fc.constantFrom(null, 0.5),
    earlyStopping: fc.constantFrom(null, { metric: 'logLoss', patience: 1 }, { metric: 'f1', patience: 2 }),
    classWeights: fc.constantFrom('balanced', 'none'),
    epochs: fc.integer({ min: 1, max: 3 }),
    batchSize: fc.integer({ min: 5, max: 40 }),
    rows: fc.integer({ min: 20, max: 400 }),
    validated: fc.boolean(),
    seed: fc.integer(),
  })
  .map(({ model, rows, validated, optimizer, ...training }) => {
    const config = { ...smallRequest().training, ...training, ...optimizer, learningRate: 0.02 } as TrainingConfig;
    const validation = separableRows(validated ? 40 : 0, 2, smallModel);
    return smallRequest({ model, training: config, train: separableRows(rows, 1, smallModel), validation });
  });

it('ends with the same bits wherever it was interrupted, also when twice', async () => {
  const stops = fc.tuple(fc.nat(), fc.nat());
  await fc.assert(
    fc.asyncProperty(requests, stops, async (request, [first, second]) => {
      const { result, checkpoints } = await recorded(request);
      expect(checkpoints.length).toBeGreaterThanOrEqual(result.history.length);
      const stop = first % checkpoints.length;
      const resumed = await recorded({ ...request, resumeFrom: checkpoints[stop] });
      expect(resumed.result).toEqual(result);
      // Byte by byte, with the streams' states in them.
      expect(resumed.checkpoints).toEqual(checkpoints.slice(stop + 1));
      const again = resumed.checkpoints[second % Math.max(1, resumed.checkpoints.length)];
      if (again) expect((await recorded({ ...request, resumeFrom: again })).result).toEqual(result);
    }),
    { numRuns: 10 },
  );
});

it('resumes a fine-tuning, whose start it needs no more', async () => {
  const { result: base } = await recorded(smallRequest());
  const request = smallRequest({ initialCheckpoint: base.checkpoint }, 9);
  const { result, checkpoints } = await recorded(request);
  const resumed = await recorded({ ...request, resumeFrom: checkpoints[1] });
  expect(resumed.result).toEqual(result);
  const other = { ...request, initialCheckpoint: result.checkpoint, resumeFrom: checkpoints[1] };
  await expect(recorded(other)).rejects.toThrow(
    /the digest of the initial checkpoint is "sha256:.*" in the checkpoint/,
  );
});

it('gives a resume checkpoint as one to fine-tune from', async () => {
  const { result, checkpoints } = await recorded(smallRequest());
  expect(decodeCheckpoint(checkpoints.at(-1)!)).toEqual(decodeCheckpoint(result.checkpoint));
});

describe('what another training cannot resume', () => {
  const { training, train } = smallRequest();
  let resumeFrom: Uint8Array;
  beforeAll(async () => {
    resumeFrom = (await recorded(smallRequest())).checkpoints[1] as Uint8Array;
  });

  const dearer = train.numeric.map((value, at) => (at === 5 ? value + 1 : value));
  it.each<[string, Partial<TrainingRequest>, string]>([
    [
      'learning rate',
      { training: { ...training, learningRate: 1 } },
      'training.learningRate is 0.003 in the .*, 1 now',
    ],
    ['schedule', { training: { ...training, schedule: 'cosine' } }, 'training.schedule is "constant"'],
    ['number of epochs', { training: { ...training, epochs: 5 } }, 'training.epochs is 4 in the checkpoint, 5 now'],
    ['seed', { training: { ...training, seed: 6 } }, 'training.seed is 5 in the checkpoint, 6 now'],
    ['dropout', { model: { ...smallModel, dropout: 0.2 } }, 'dropout is 0.1 in the checkpoint, 0.2 now'],
    ['rows', { train: { ...train, numeric: dearer } }, 'the training rows is "403 rows, sha256:.* now'],
    ['validation', { validation: separableRows(9, 2) }, 'the validation rows is "150 rows, .*"9 rows'],
  ])('is a training of another %s', async (_, change, message) => {
    const error = await recorded(smallRequest({ ...change, resumeFrom })).catch((caught: unknown) => caught);
    expect(error).toMatchObject({ code: 'training.checkpoint-mismatch', retryable: false });
    expect((error as Error).message).toMatch(new RegExp(message));
    expect(error).toHaveProperty('details.problems.length', 1);
  });

  it('is told with every difference at once', async () => {
    const change = { training: { ...training, seed: 6, epochs: 2 }, model: { ...smallModel, layers: 2 } };
    await expect(recorded(smallRequest({ ...change, resumeFrom }))).rejects.toThrow(/layers is .*epochs is .*seed is/);
  });

  it('is the end of a training', async () => {
    const { model, training: config, parameters, optimizer } = decodeCheckpoint(resumeFrom);
    const ended = encodeCheckpoint({ model, training: config, parameters, optimizer });
    const error = await recorded(smallRequest({ resumeFrom: ended })).catch((caught: unknown) => caught);
    expect(error).toMatchObject({ code: 'training.invalid-checkpoint' });
    expect((error as Error).message).toMatch(/cannot be resumed/);
  });
});
