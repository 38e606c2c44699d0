import { ComputeThread } from '@perennial/compute-thread';
import { buildUpdateGraph, drawMaskSeeds, MASK_SEED, type RandomStream, ratesOf } from '@perennial/tabular-models';
import { type InferenceSession, Tensor } from 'onnxruntime-node';
import { openSession } from './graph.session';
import { runSteps, type StepState } from './graph.steps';
import { ShardGradient, type ShardWork } from './shard.gradient';
import { shardMemory } from './shard.memory';
import type { ShardPlan } from './shard.plan';
import { StepRows } from './step.rows';
import type { Steps } from './steps';
import { trainingEntry } from './training.process';
import type { TrainingRequest } from './training.request';

/** Of a thread's own heap, which holds little: tensors lie outside it. */
const HEAP_MIB = 128;

/** One step a call: threads compute the gradients of its shards, this one among them, which then applies their sum. */
export class ShardedSteps implements Steps {
  /** The runtime reads no shared memory. */
  private readonly gradients: Float32Array;

  private constructor(
    private readonly request: TrainingRequest,
    /** Of the dropout masks. */
    private readonly random: RandomStream,
    private readonly rows: StepRows,
    private readonly work: ShardWork,
    private readonly own: ShardGradient,
    private readonly update: InferenceSession,
    private readonly others: readonly ComputeThread[],
  ) {
    this.gradients = new Float32Array(work.memory.gradients.length);
  }

  static async open(
    request: TrainingRequest,
    random: RandomStream,
    plan: ShardPlan,
    threads: number,
  ): Promise<ShardedSteps> {
    const { model, training } = request;
    const work = { model, plan, memory: shardMemory(model, plan) };
    const start = { file: trainingEntry(__dirname, 'shard.worker.js'), workerData: work, heapMiB: HEAP_MIB };
    const others = Array.from(
      { length: Math.min(threads, plan.shards) - 1 },
      (_, at) => new ComputeThread({ ...start, name: `shards ${at + 1}` }),
    );
    const update = await openSession(buildUpdateGraph(model, training, plan.shards));
    const own = await ShardGradient.open(work);
    return new ShardedSteps(request, random, new StepRows(request), work, own, update, others);
  }

  get batch(): number {
    return this.rows.batch;
  }

  get rowsPerCall(): number {
    return this.batch;
  }

  async run(state: StepState, order: Uint32Array): Promise<StepState & { readonly losses: Float32Array }> {
    const { plan, memory } = this.work;
    this.rows.write(order, memory);
    // Shard after shard, site after site.
    memory.seeds.set(drawMaskSeeds(this.random, memory.seeds.length / MASK_SEED));
    memory.parameters.set(state.parameters);
    Atomics.store(memory.next, 0, 0);
    // Asked first: computing blocks this thread.
    const elsewhere = this.others.map((thread) => thread.call<void>(null));
    await Promise.all([...elsewhere, this.own.computeAll()]);
    const width = ratesOf(this.request.training);
    const rates = Float32Array.from(this.rows.ratesAt(state.optimizer.step + 1));
    this.gradients.set(memory.gradients);
    return runSteps(this.update, state, {
      gradients: new Tensor('float32', this.gradients, [plan.shards, state.parameters.length]),
      partLosses: new Tensor('float32', memory.losses.slice(), [plan.shards]),
      rates: new Tensor('float32', rates, [width]),
    });
  }

  async close(): Promise<void> {
    await Promise.all(this.others.map((thread) => thread.close()));
  }
}
