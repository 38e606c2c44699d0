import { leaderboard, type Trial } from '@perennial/search';
import { keyOf, type RunSearch } from './run.search';
import type { TrialTask } from './trial.task';

/** What people follow: the trials, best first, then those under way, then the failed ones. */
export interface SearchBoard {
  metric: string;
  budget: { trials: number; seconds: number };
  startedAt: string;
  ended: string | null;
  trials: {
    trial: number;
    kind: string;
    parameters: Trial['configuration']['parameters'];
    /** waiting: for a trainer. */
    state: 'done' | 'running' | 'waiting' | 'failed';
    score: number | null;
    /** Of a full training, at the newest try. */
    share: number;
    seconds: number;
    /** Times that the newest try was taken up; above 1 after a trainer was lost. */
    claims: number;
    failure: string | null;
  }[];
}

/** A training of one of the trials, as far as it is known. */
type Underway = Pick<TrialTask, 'state' | 'claims'> & { request: Pick<TrialTask['request'], 'trial' | 'rung'> };

export function boardOf({ search }: RunSearch, tasks: readonly Underway[]): SearchBoard {
  const taskOf = new Map(tasks.map((task) => [keyOf(task.request), task]));
  const { declaration, startedAt, ended, rungs, trials } = search;
  const standings = leaderboard(search);
  const rest = trials.filter(({ scores }) => scores.length === 0);
  const unranked = [...rest.filter(({ running }) => running), ...rest.filter(({ running }) => !running)];
  const line = (
    trial: Trial,
    score: number | null,
    task = taskOf.get(keyOf({ trial: trial.number, rung: trial.rung })),
  ): SearchBoard['trials'][number] => ({
    trial: trial.number,
    ...trial.configuration,
    state: trial.failure ? 'failed' : !trial.running ? 'done' : task?.state === 'running' ? 'running' : 'waiting',
    score,
    share: rungs[trial.rung] as number,
    seconds: trial.seconds,
    claims: task?.claims ?? 0,
    failure: trial.failure?.message ?? null,
  });
  return {
    metric: declaration.metric,
    budget: { ...declaration.budget },
    startedAt,
    ended,
    trials: [...standings.map(({ trial, score }) => line(trial, score)), ...unranked.map((trial) => line(trial, null))],
  };
}
