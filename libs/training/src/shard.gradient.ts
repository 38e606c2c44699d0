import { buildGradientGraph, dropoutSites, maskInput, type ModelConfig } from '@perennial/tabular-models';
import { type InferenceSession, Tensor } from 'onnxruntime-node';
import { CallMasks } from './call.masks';
import { openSession } from './graph.session';
import { rowTensors } from './row.tensors';
import type { ShardMemory } from './shard.memory';
import type { ShardPlan } from './shard.plan';
import { emptyInputs, partOf, type StepInputs } from './step.inputs';

/** What a thread needs to compute gradients of shards. */
export interface ShardWork {
  readonly model: ModelConfig;
  readonly plan: ShardPlan;
  readonly memory: ShardMemory;
}

/** Computes the gradients of shards, one after the other; several do in as many threads. */
export class ShardGradient {
  /** The runtime reads and writes no shared memory. */
  private readonly parameters: Float32Array;
  private readonly gradient: Float32Array;
  private readonly rows: StepInputs;
  private readonly masks: CallMasks;
  private readonly maskMemory: Uint8Array;
  /** Over the arrays above, which each shard fills anew. */
  private readonly feeds: Record<string, Tensor>;

  private constructor(
    private readonly work: ShardWork,
    private readonly session: InferenceSession,
  ) {
    const { model, plan, memory } = work;
    const sites = dropoutSites(model, plan.rows);
    this.parameters = new Float32Array(memory.parameters.length);
    this.gradient = new Float32Array(memory.parameters.length);
    this.rows = emptyInputs(model, plan.rows);
    this.masks = new CallMasks(sites, 1);
    this.maskMemory = new Uint8Array(this.masks.bytes);
    this.feeds = {
      parameters: flat(this.parameters),
      ...rowTensors(this.rows, [plan.rows]),
      ...Object.fromEntries(
        sites.map((site, at) => [
          maskInput(site),
          new Tensor('uint8', this.masks.of(this.maskMemory, at, 1), site.shape),
        ]),
      ),
    };
  }

  static async open(work: ShardWork): Promise<ShardGradient> {
    return new ShardGradient(work, await openSession(buildGradientGraph(work.model, work.plan.rows)));
  }

  /** Takes shards until none is left. Which thread takes which makes no difference to the result. */
  async computeAll(): Promise<void> {
    const { next, parameters } = this.work.memory;
    this.parameters.set(parameters);
    for (;;) {
      const shard = Atomics.add(next, 0, 1);
      if (shard >= this.work.plan.shards) return;
      await this.compute(shard);
    }
  }

  private async compute(shard: number): Promise<void> {
    const { memory, plan } = this.work;
    const { shards, rows } = plan;
    const { categorical, numeric, targets } = partOf(memory, shards * rows, shard * rows, (shard + 1) * rows);
    this.rows.categorical.set(categorical);
    this.rows.numeric.set(numeric);
    this.rows.targets.set(targets);
    const ofShard = memory.seeds.length / shards;
    this.masks.fill(this.maskMemory, memory.seeds.subarray(shard * ofShard, (shard + 1) * ofShard));
    const { loss } = await this.session.run(this.feeds, { loss: null, gradient: flat(this.gradient) });
    memory.gradients.set(this.gradient, shard * this.gradient.length);
    memory.losses[shard] = (loss?.data as Float32Array)[0] as number;
  }
}

const flat = (vector: Float32Array): Tensor => new Tensor('float32', vector, [vector.length]);
