import { dropoutSites, MASK_SEED, type ModelConfig, parameterLayout } from '@perennial/tabular-models';
import type { ShardPlan } from './shard.plan';
import { emptyInputs, type StepInputs } from './step.inputs';

/** What the threads of a training share: one step's inputs, and of each shard its loss and gradient. */
export interface ShardMemory extends StepInputs {
  readonly parameters: Float32Array;
  /** Of each dropout mask of each shard, see drawMaskSeeds. */
  readonly seeds: Int32Array;
  /** [shards, parameters] */
  readonly gradients: Float32Array;
  /** [shards] */
  readonly losses: Float32Array;
  /** One number, the next shard to be taken. */
  readonly next: Int32Array;
}

export function shardMemory(model: ModelConfig, { shards, rows }: ShardPlan): ShardMemory {
  const { size } = parameterLayout(model);
  return {
    ...emptyInputs(model, shards * rows, shared),
    parameters: floats(size),
    seeds: integers(shards * dropoutSites(model, rows).length * MASK_SEED),
    gradients: floats(shards * size),
    losses: floats(shards),
    next: integers(1),
  };
}

const shared = (bytes: number): SharedArrayBuffer => new SharedArrayBuffer(bytes);
const floats = (length: number): Float32Array => new Float32Array(shared(4 * length));
const integers = (length: number): Int32Array => new Int32Array(shared(4 * length));
