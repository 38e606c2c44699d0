import { type OutgoingEvent, traceToContinue, type Transaction } from '@perennial/messaging';
import type { Pipeline } from '@perennial/pipeline';
import { usableBatches } from '../domain/batch.window';
import { decide } from '../domain/cycle.decider';
import type { CycleEvent } from '../domain/cycle.events';
import { evolve, evolveAll } from '../domain/cycle.evolve';
import type { CycleInput } from '../domain/cycle.inputs';
import { policyOf } from '../domain/cycle.policy';
import { awaitsJudgement, cycleIdOf, isTerminal, type Cycle, type CycleTerms } from '../domain/cycle.state';
import { enqueue, finish, startNext, type Lane } from '../domain/pipeline.lane';
import { isSubmissionId } from '../domain/submission.state';
import type { CycleObserver, EvaluatorStores, StoredCycle } from './cycle.stores';
import type { Step } from './cycle.step';
import { outgoing } from './outgoing.events';
import { SubmissionSteps } from './submission.steps';

export interface AdvanceOptions {
  pipelines: ReadonlyMap<string, Pipeline>;
  /** How long the next day waits for a promoted model, at least; a longer rollout timeout prolongs it. */
  promotionWaitMs: number;
  observer: CycleObserver;
  /** A model waits to be judged; after the commit. */
  onJudgeable?: () => void;
}

/** Moves cycles on: load, decide, save, all within the transaction of the step. */
export class AdvanceCycles {
  /** They share the lanes. */
  readonly submissions: SubmissionSteps;

  constructor(
    private readonly stores: EvaluatorStores,
    private readonly options: AdvanceOptions,
  ) {
    this.submissions = new SubmissionSteps(stores, options.onJudgeable);
  }

  /** A day has arrived for a pipeline: its cycle begins, or waits for its turn. A day that has a cycle changes nothing. */
  async arrive(input: Extract<CycleInput, { type: 'arrive' }>, step: Step): Promise<OutgoingEvent[]> {
    const { pipeline, day } = input;
    const known = await this.stores.cycles.load(cycleIdOf(pipeline, day), step.transaction);
    const moved = await this.move(known, input, step);
    if (!moved) return [];
    return [...moved.outgoing, ...(await this.settle(pipeline, step, (lane) => enqueue(lane, moved.cycle.cycleId)))];
  }

  /** Tells a running cycle; what is late, repeated or for an unknown cycle changes nothing. */
  async tell(cycleId: string, input: CycleInput, step: Step): Promise<OutgoingEvent[]> {
    const known = await this.stores.cycles.load(cycleId, step.transaction);
    const moved = known && (await this.move(known, input, step));
    if (!moved) return [];
    const { cycle } = moved;
    if (!isTerminal(cycle.status)) return moved.outgoing;
    const until = cycle.status === 'promoted' ? this.awaitUntil(cycle.pipeline, step.now) : null;
    const ended = (lane: Lane): Lane => finish(lane, cycleId, until);
    return [...moved.outgoing, ...(await this.settle(cycle.pipeline, step, ended))];
  }

  /** Changes the lane and then starts what may start. A day that ends at once makes room for the next. */
  async settle(pipeline: string, step: Step, change: (lane: Lane) => Lane): Promise<OutgoingEvent[]> {
    const stored = await this.stores.lanes.load(pipeline, step.transaction);
    let lane = change(stored.lane);
    const emitted: OutgoingEvent[] = [];
    const declared = this.options.pipelines.get(pipeline);
    for (let next = declared && startNext(lane); declared && next; next = startNext(lane)) {
      lane = next;
      const cycleId = String(lane.active);
      const starts = isSubmissionId(cycleId) ? this.submissions : this;
      const { ended, events } = await starts.start(cycleId, declared, step);
      emitted.push(...events);
      if (ended) lane = finish(lane, cycleId, null);
    }
    if (lane !== stored.lane) await this.stores.lanes.save({ ...stored, lane }, step.transaction);
    return emitted;
  }

  /** Its turn has come. */
  async start(cycleId: string, pipeline: Pipeline, step: Step): Promise<{ ended: boolean; events: OutgoingEvent[] }> {
    const known = await this.stores.cycles.load(cycleId, step.transaction);
    if (!known) throw new Error(`cycle ${cycleId} is queued but not stored`);
    const terms = await this.termsFor(known.cycle, pipeline, step.transaction);
    const moved = await this.move(known, { type: 'start', terms }, step);
    const status = moved?.cycle.status ?? known.cycle.status;
    return { ended: isTerminal(status), events: moved?.outgoing ?? [] };
  }

  private async termsFor({ batch }: Cycle, pipeline: Pipeline, transaction: Transaction): Promise<CycleTerms> {
    const { serving } = await this.stores.serving.load(pipeline.name, transaction);
    const known = await this.stores.batches.ofView(batch.view, transaction);
    const others = known.filter(({ batchId }) => batchId !== batch.batchId);
    const incumbent = serving && { version: serving.version, model: serving.model };
    return { policy: policyOf(pipeline), incumbent, usable: usableBatches([...others, batch], batch) };
  }

  private async move(known: StoredCycle | null, input: CycleInput, step: Step) {
    const events = decide(known?.cycle ?? null, input, step.now.getTime());
    const cycle = evolveAll(known?.cycle ?? null, events);
    if (!cycle || events.length === 0) return null;
    const { correlationId, queuedAt, revision } = known ?? {
      ...{ correlationId: step.correlationId, queuedAt: step.now.getTime(), revision: 0 },
    };
    const { causationId } = step;
    const trace = traceToContinue();
    const stored = { cycle, correlationId, causationId, trace, queuedAt, updatedAt: step.now.getTime(), revision };
    await this.record(stored, known?.cycle ?? null, events, step);
    const { onJudgeable } = this.options;
    if (onJudgeable && awaitsJudgement(cycle)) step.transaction.afterCommit(onJudgeable);
    return { cycle, outgoing: outgoing(events, correlationId) };
  }

  private async record(
    stored: StoredCycle,
    before: Cycle | null,
    events: readonly CycleEvent[],
    { now, causationId, transaction }: Step,
  ): Promise<void> {
    const { cycleId } = stored.cycle;
    const at = now.toISOString();
    let state = before;
    const recorded = [];
    for (const event of events) {
      state = evolve(state, event);
      const { sequence } = state;
      recorded.push({ cycleId, sequence, type: event.type, data: event.data, at, causationId });
      if (event.type === 'model-judged') await this.addPerformance(stored.cycle, event.data, at, transaction);
      this.options.observer.observe(event, sequence);
    }
    await this.stores.cycles.save(stored, recorded, transaction);
  }

  private addPerformance(
    { batch }: Cycle,
    data: Extract<CycleEvent, { type: 'model-judged' }>['data'],
    judgedAt: string,
    transaction: Transaction,
  ): Promise<void> {
    const { model, ...judgement } = data;
    const { version, runId, decisionThreshold } = model;
    const { view, viewVersion, batchId } = batch;
    const source = { version, runId, decisionThreshold, view, viewVersion, batchId, judgedAt };
    return this.stores.performance.add({ ...judgement, ...source }, transaction);
  }

  /** With a person's approval the promoted model may take days: the next day judges the model that serves. */
  awaitUntil(pipeline: string, now: Date): number | null {
    const declared = this.options.pipelines.get(pipeline);
    if (declared?.approval.mode !== 'automatic') return null;
    // A failed rollout is followed by the rollout of the version before.
    return now.getTime() + Math.max(this.options.promotionWaitMs, 2000 * declared.rollout.timeoutSeconds);
  }
}
