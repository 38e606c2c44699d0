import { dropoutSites, MASK_SEED, type ModelConfig, parameterLayout } from '@perennial/tabular-models';
import { rowWidths, type StepInputs } from './step.rows';
import type { ShardPlan } from './shard.plan';

/** What the threads of a training share: one step's inputs, and of each shard its loss and gradient. */
export interface ShardMemory extends StepInputs {
  readonly parameters: Float32Array;
  /** Of each dropout mask of each shard, see drawMaskSeed. */
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
  const widths = rowWidths(model);
  return {
    parameters: floats(size),
    categorical: integers(shards * rows * widths.categorical),
    numeric: floats(shards * rows * widths.numeric),
    targets: floats(shards * rows * widths.targets),
    seeds: integers(shards * dropoutSites(model, rows).length * MASK_SEED),
    gradients: floats(shards * size),
    losses: floats(shards),
    next: integers(1),
  };
}

const floats = (length: number): Float32Array => new Float32Array(new SharedArrayBuffer(4 * length));
const integers = (length: number): Int32Array => new Int32Array(new SharedArrayBuffer(4 * length));
