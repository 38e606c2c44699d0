import { runCompletedV1, runFailedV1, runStartedV1, trialRequestedV1 } from '@perennial/contracts';
import { emit, type OutgoingEvent, type Transactor } from '@perennial/messaging';
import { decide, type RunCommand } from '../domain/run.decider';
import type { RunEvent } from '../domain/run.events';
import { evolveAll } from '../domain/run.evolve';
import type { TrainingRun } from '../domain/training.run';
import type { RunStore, StoredRun } from './ports';

/** Changes to a run: loaded, decided and saved in one transaction, with what the platform is told of it. */
export class RunLedger {
  constructor(
    private readonly runs: RunStore,
    private readonly transactor: Pick<Transactor, 'transact'>,
  ) {}

  /**
   * The run after the command; null when nothing followed from it: the run is over, or the command's claim is not
   * its newest any more. That check, in the transaction, is what keeps a trainer that lost its lease from writing.
   */
  async apply(
    stored: Pick<StoredRun, 'origin'> & { run: { runId: string } },
    command: RunCommand,
  ): Promise<TrainingRun | null> {
    const { runId } = stored.run;
    let after: TrainingRun | null = null;
    await this.transactor.transact(async (transaction) => {
      after = null;
      const current = await this.runs.load(runId, transaction);
      const events = decide(current?.run ?? null, command);
      if (!current || events.length === 0) return [];
      const run = evolveAll(current.run, events) as TrainingRun;
      await this.runs.save({ ...current, run }, events, transaction);
      after = run;
      return events.flatMap((event) => announcement(run, event));
    }, stored.origin);
    return after;
  }
}

/** What the platform is told of it. */
export function announcement({ request, search, deadline }: TrainingRun, event: RunEvent): OutgoingEvent[] {
  const { runId, pipeline, cycleId, attempt, strategy } = request;
  const identity = { runId, pipeline, cycleId, attempt, strategy };
  switch (event.type) {
    case 'run-started':
      return [emit(runStartedV1, { ...identity, ...event.data })];
    case 'search-advanced': {
      const metric = search?.search.declaration.metric ?? 'f1';
      return event.data.events.flatMap((each) => {
        if (each.type !== 'trial-started') return [];
        const { trial, rung, share, configuration } = each;
        const asked = { trial, rung, share, configuration: { ...configuration }, metric, deadline };
        return [emit(trialRequestedV1, { runId, pipeline, cycleId, attempt, ...asked })];
      });
    }
    case 'run-completed':
      return [emit(runCompletedV1, event.data.outcome)];
    case 'run-failed': {
      const { code, message } = event.data;
      return [emit(runFailedV1, { ...identity, code, message })];
    }
    default:
      return [];
  }
}
