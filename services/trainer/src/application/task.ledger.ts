import { trialCompletedV1, trialFailedV1 } from '@perennial/contracts';
import { emit, type OutgoingEvent, type Transactor } from '@perennial/messaging';
import { decideTask, type TaskCommand } from '../domain/trial.task.decider';
import { evolveTasks, type TaskEvent, type TrialTask } from '../domain/trial.task';
import type { StoredTask, TaskStore } from './ports';

/** Changes to a trial: loaded, decided and saved in one transaction, with what the search is told of it. */
export class TaskLedger {
  constructor(
    private readonly tasks: Pick<TaskStore, 'load' | 'save'>,
    private readonly transactor: Pick<Transactor, 'transact'>,
  ) {}

  /** The trial after the command; null when nothing followed from it, as `RunLedger`. */
  async apply(
    { task: { taskId }, origin }: Pick<StoredTask, 'origin'> & { task: { taskId: string } },
    command: TaskCommand,
  ): Promise<TrialTask | null> {
    let after: TrialTask | null = null;
    await this.transactor.transact(async (transaction) => {
      after = null;
      const current = await this.tasks.load(taskId, transaction);
      const events = decideTask(current?.task ?? null, command);
      const task = evolveTasks(current?.task ?? null, events);
      if (!current || !task || events.length === 0) return [];
      await this.tasks.save({ ...current, task }, transaction);
      after = task;
      return events.flatMap((event) => announcement(task, event));
    }, origin);
    return after;
  }
}

function announcement({ request }: TrialTask, event: TaskEvent): OutgoingEvent[] {
  const { runId, pipeline, cycleId, attempt, trial, rung } = request;
  const identity = { runId, pipeline, cycleId, attempt, trial, rung };
  if (event.type === 'task-completed') return [emit(trialCompletedV1, { ...identity, ...event.data })];
  if (event.type === 'task-failed') return [emit(trialFailedV1, { ...identity, ...event.data })];
  return [];
}
