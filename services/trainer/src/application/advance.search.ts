import type { DataOf, FileReference, trialCompletedV1, trialFailedV1 } from '@perennial/contracts';
import type { EventEnvelope, HandlerContext, OutgoingEvent } from '@perennial/messaging';
import { decide, type RunCommand } from '../domain/run.decider';
import { evolveAll } from '../domain/run.evolve';
import type { TrainingRun } from '../domain/training.run';
import type { RunStore } from './ports';
import { announcement } from './run.ledger';

type Outcome = Extract<RunCommand, { type: 'trial-over' }>['outcome'];

/**
 * Decides what follows from the outcome of a trial: further trials, or the end of the search. Outcomes of a run come one
 * after another, by their key; whichever trainer gets one decides it, and no lease is needed.
 */
export class AdvanceSearch {
  constructor(
    private readonly runs: Pick<RunStore, 'load' | 'save'>,
    private readonly onEnded: () => void,
  ) {}

  completed(
    { data }: EventEnvelope<DataOf<typeof trialCompletedV1>>,
    context: HandlerContext,
  ): Promise<OutgoingEvent[]> {
    const { runId, trial, rung, score, seconds, model } = data;
    return this.advance(runId, { type: 'score', trial, rung, score, seconds }, model, context);
  }

  failed({ data }: EventEnvelope<DataOf<typeof trialFailedV1>>, context: HandlerContext): Promise<OutgoingEvent[]> {
    const { runId, trial, rung, code, message } = data;
    return this.advance(runId, { type: 'fail', trial, rung, code, message }, null, context);
  }

  private async advance(
    runId: string,
    outcome: Outcome,
    model: FileReference | null,
    { transaction, now }: HandlerContext,
  ): Promise<OutgoingEvent[]> {
    const stored = await this.runs.load(runId, transaction);
    const events = decide(stored?.run ?? null, { type: 'trial-over', at: now(), outcome, model });
    if (!stored || events.length === 0) return [];
    const run = evolveAll(stored.run, events) as TrainingRun;
    await this.runs.save({ ...stored, run }, events, transaction);
    if (run.state === 'queued') transaction.afterCommit(this.onEnded);
    return events.flatMap((event) => announcement(run, event));
  }
}
