import { createHash } from 'node:crypto';
import {
  drawMaskSeeds,
  MASK_SEED,
  parameterLayout,
  randomStream,
  type TabTransformerConfig,
} from '@perennial/tabular-models';
import fc from 'fast-check';
import { ScanSteps } from './scan.steps';
import { ShardGradient } from './shard.gradient';
import { shardMemory } from './shard.memory';
import { shardPlan } from './shard.plan';
import { ShardedSteps } from './sharded.steps';
import type { Steps } from './steps';
import { separableRows, smallModel, smallRequest } from './testing/synthetic.rows';
import type { TrainingConfig, TrainingRequest } from './training.request';
import { runTraining } from './training.run';
import { initialState } from './training.state';

jest.setTimeout(120_000);

/** Dear enough for a batch of 900 rows to be parted. */
const wide: TabTransformerConfig = { ...smallModel, dModel: 64, heads: 4, layers: 2, feedForward: 256 };

/** 2 steps an epoch, the second of which has 150 rows of 900. */
function wideRequest(change: Partial<TrainingRequest> = {}, training: Partial<TrainingConfig> = {}): TrainingRequest {
  const small = smallRequest();
  const terms = { ...small.training, epochs: 3, batchSize: 900, learningRate: 1e-3, ...training };
  return { ...small, model: wide, training: terms, train: separableRows(1050, 1), ...change };
}

async function recorded(request: TrainingRequest) {
  const checkpoints: Uint8Array[] = [];
  const onCheckpoint = (bytes: Uint8Array) => void checkpoints.push(bytes);
  const { parameters, checkpoint, validationProbabilities, layout, ...result } = await runTraining(
    { ...request, checkpointSeconds: 0 },
    { now: () => 0, onCheckpoint },
  );
  const bits = [parameters, checkpoint, validationProbabilities].map(digest);
  return { checkpoints, outcome: { ...result, parameters: layout.length, bits, checkpoints: checkpoints.map(digest) } };
}

const digest = ({ buffer, byteOffset, byteLength }: Uint8Array | Float32Array): string =>
  createHash('sha256')
    .update(new Uint8Array(buffer, byteOffset, byteLength))
    .digest('hex');

describe('a training whose batches are parted', () => {
  it('gives the same bits with any number of threads', async () => {
    expect(shardPlan(wide, 900).shards).toBeGreaterThan(2);
    const [one, two, many] = await Promise.all([1, 2, 16].map((threads) => recorded(wideRequest({ threads }))));
    expect(two?.outcome).toEqual(one?.outcome);
    expect(many?.outcome).toEqual(one?.outcome);
  });

  it('ends with the same bits wherever it was interrupted', async () => {
    const { outcome, checkpoints } = await recorded(wideRequest());
    expect(checkpoints.length).toBe(6);
    for (const [at, resumeFrom] of checkpoints.entries()) {
      const resumed = await recorded(wideRequest({ resumeFrom, threads: 1 + (at % 2) }));
      expect(resumed.outcome).toEqual({ ...outcome, checkpoints: outcome.checkpoints.slice(at + 1) });
    }
  });

  it.each<[string, Partial<TrainingConfig>]>([
    ['SGD', { optimizer: 'sgd', momentum: 0.9, learningRate: 0.05 }],
    ['AdamW with clipping', { optimizer: 'adamw', weightDecay: 0.1, clipNorm: 0.1 }],
  ])('takes the steps of whole batches by %s, but for rounding', async (_, terms) => {
    const request = wideRequest({ model: { ...wide, dropout: 0 } }, terms);
    const random = () => randomStream(1, 'dropout');
    const whole = await ScanSteps.open(request, random(), 1);
    const parted = await ShardedSteps.open(request, random(), { shards: 7, rows: 129 }, 2);
    const order = Uint32Array.from({ length: request.train.rows }, (__, row) => row);
    const taken = async (steps: Steps) => {
      const first = await steps.run(initialState(request), order.subarray(0, 900));
      const second = await steps.run(first, order.subarray(900));
      return { losses: [...first.losses, ...second.losses], ...second.optimizer, parameters: second.parameters };
    };
    const [a, b] = [await taken(whole), await taken(parted)];
    expect(b.losses.length).toBe(2);
    b.losses.forEach((loss, at) => expect(Math.abs(loss - a.losses[at]!)).toBeLessThan(1e-5));
    expect(b.step).toBe(2);
    // Changes are of 0.001 to 0.05; Adam's divide by gradients that may be as small as their rounding.
    const differences = Array.from(a.parameters, (value, at) => Math.abs(value - b.parameters[at]!));
    expect(differences.sort((x, y) => x - y)[Math.floor(differences.length * 0.99)]).toBeLessThan(1e-5);
    await parted.close();
  });
});

it('drops by the seeds of each shard', async () => {
  const plan = { shards: 3, rows: 4 };
  const memory = shardMemory(smallModel, plan);
  const work = { model: smallModel, plan, memory };
  memory.numeric.forEach((_, at, all) => (all[at] = at % 12));
  memory.targets.fill(0.25);
  memory.parameters.set(initialState(smallRequest()).parameters);
  const random = randomStream(1, 'dropout');
  const ofShard = memory.seeds.length / plan.shards;
  const seeds = () => [...drawMaskSeeds(random, ofShard / MASK_SEED)];
  const [one, other] = [seeds(), seeds()];
  memory.seeds.set([...one, ...other, ...one]);
  await (await ShardGradient.open(work)).computeAll();
  const { size } = parameterLayout(smallModel);
  const gradient = (shard: number) => memory.gradients.slice(size * shard, size * (shard + 1));
  expect(memory.losses[2]).toBe(memory.losses[0]);
  expect(gradient(2)).toEqual(gradient(0));
  expect(memory.losses[1]).not.toBe(memory.losses[0]);
});

it('parts a batch into equal shards of which none is empty', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 50_000 }), fc.constantFrom(wide, smallModel), (batch, model) => {
      const { shards, rows } = shardPlan(model, batch);
      expect(shards * rows).toBeGreaterThanOrEqual(batch);
      expect((shards - 1) * rows).toBeLessThan(batch);
      expect(shards).toBeLessThanOrEqual(64);
    }),
  );
  expect(shardPlan(smallModel, 32)).toEqual({ shards: 1, rows: 32 });
});
