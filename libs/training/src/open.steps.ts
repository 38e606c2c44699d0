import { availableParallelism } from 'node:os';
import type { RandomStream } from '@perennial/tabular-models';
import { ScanSteps } from './scan.steps';
import { shardPlan } from './shard.plan';
import { ShardedSteps } from './sharded.steps';
import { batchOf } from './step.rows';
import type { Steps } from './steps';
import type { TrainingRequest } from './training.request';

/** The batch decides how steps are computed, the request's threads only how fast. `random`: of the dropout masks. */
export async function openSteps(request: TrainingRequest, random: RandomStream): Promise<Steps> {
  const { model, training, train, threads = availableParallelism() } = request;
  const plan = shardPlan(model, batchOf(training, train));
  return plan.shards === 1
    ? ScanSteps.open(request, random, threads)
    : ShardedSteps.open(request, random, plan, threads);
}
