import type { DataOf, trialRequestedV1 } from '@perennial/contracts';
import { type EventEnvelope, type HandlerContext, type OutgoingEvent, traceToContinue } from '@perennial/messaging';
import { awaits } from '../domain/run.search';
import { decideTask } from '../domain/trial.task.decider';
import { evolveTasks, taskIdOf } from '../domain/trial.task';
import type { RunStore, TaskStore } from './ports';

/**
 * Records that a trial was asked for; whichever trainer has room trains it. A run that is not known here belongs to
 * another installation on the same broker.
 */
export class QueueTrial {
  constructor(
    private readonly runs: Pick<RunStore, 'load'>,
    private readonly tasks: Pick<TaskStore, 'load' | 'save'>,
    private readonly onQueued: () => void,
  ) {}

  async run(
    { data, id, correlationid }: EventEnvelope<DataOf<typeof trialRequestedV1>>,
    { transaction, now }: HandlerContext,
  ): Promise<OutgoingEvent[]> {
    const run = (await this.runs.load(data.runId, transaction))?.run;
    if (run?.state !== 'searching' || !run.search || !awaits(run.search, data)) return [];
    const known = await this.tasks.load(taskIdOf(data), transaction);
    const events = decideTask(known?.task ?? null, { type: 'queue', at: now(), request: data });
    const task = evolveTasks(null, events);
    if (!task) return [];
    const origin = { correlationId: correlationid, causationId: id, ...traceToContinue() };
    await this.tasks.save({ task, origin, revision: 0 }, transaction);
    transaction.afterCommit(this.onQueued);
    return [];
  }
}
