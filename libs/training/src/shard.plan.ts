import { flopOfRow, type ModelConfig } from '@perennial/tabular-models';

/** How a step's batch is parted, for threads that compute the gradients of its parts at the same time. */
export interface ShardPlan {
  readonly shards: number;
  /** Of a shard; the last may be padded. */
  readonly rows: number;
}

/** Of a shard's matrix products at least: some milliseconds, so that computing it apart costs little. */
const SHARD_FLOP = 400e6;

/** Each keeps its gradient. */
const MOST_SHARDS = 64;

/** Decided by the model and the batch alone, never by the machine: it changes the order of sums, and so the bits. */
export function shardPlan(model: ModelConfig, batch: number): ShardPlan {
  const wanted = Math.floor((batch * flopOfRow(model)) / SHARD_FLOP);
  const rows = Math.ceil(batch / Math.min(batch, MOST_SHARDS, Math.max(1, wanted)));
  return { shards: Math.ceil(batch / rows), rows };
}
