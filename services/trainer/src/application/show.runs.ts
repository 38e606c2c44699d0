import { ServiceError } from '@perennial/service';
import type { RunEvent } from '../domain/run.events';
import { boardOf, type SearchBoard } from '../domain/search.board';
import type { TrainingRun } from '../domain/training.run';
import type { RunFilter, RunStore, TaskStore } from './ports';

export interface RunView {
  runId: string;
  pipeline: string;
  cycleId: string;
  attempt: number;
  strategy: string;
  state: TrainingRun['state'];
  claims: number;
  owner: string | null;
  queuedAt: string;
  deadline: string | null;
  readyAt: string;
  claimedAt: string | null;
  startedAt: string | null;
  finishedAt: string | null;
  notBefore: string | null;
  failure: TrainingRun['failure'];
  outcome: TrainingRun['outcome'];
}

export interface RunDetail extends RunView {
  request: TrainingRun['request'];
  events: RunEvent[];
  search: SearchBoard | null;
}

/** What people and the command line read. */
export class ShowRuns {
  constructor(
    private readonly runs: Pick<RunStore, 'load' | 'list' | 'events'>,
    private readonly tasks: Pick<TaskStore, 'ofRun'>,
  ) {}

  async list(filter: RunFilter): Promise<RunView[]> {
    return (await this.runs.list(filter)).map(runView);
  }

  /** Throws RUN_NOT_FOUND. */
  async one(runId: string): Promise<RunDetail> {
    const stored = await this.runs.load(runId);
    if (!stored)
      throw new ServiceError('RUN_NOT_FOUND', 404, `no run has the id ${runId}`, { field: 'runId', value: runId });
    const { request, search } = stored.run;
    const [events, tasks] = await Promise.all([this.runs.events(runId), search ? this.tasks.ofRun(runId) : []]);
    return { ...runView(stored.run), request, events, search: search ? boardOf(search, tasks) : null };
  }
}

function runView({ runId, request, claim, ...run }: TrainingRun): RunView {
  const { pipeline, cycleId, attempt, strategy } = request;
  const { state, claims, queuedAt, deadline, readyAt, claimedAt, startedAt, finishedAt, notBefore, failure, outcome } =
    run;
  const times = { queuedAt, deadline, readyAt, claimedAt, startedAt, finishedAt, notBefore };
  const owner = claim?.owner ?? null;
  return { runId, pipeline, cycleId, attempt, strategy, state, claims, owner, ...times, failure, outcome };
}
