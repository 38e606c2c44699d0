// Entry of a thread that computes gradients of shards.
import { workerData } from 'node:worker_threads';
import { answerCalls } from '@perennial/compute-thread';
import { ShardGradient, type ShardWork } from './shard.gradient';

const opening = ShardGradient.open(workerData as ShardWork);

answerCalls(async () => ({ value: await (await opening).computeAll() }));
