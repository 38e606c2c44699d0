import type { FileReference } from '@perennial/contracts';
import {
  decide,
  evolveAll,
  leaderboard,
  type Search,
  type SearchCommand,
  type SearchEvent,
  type Standing,
  type Trial,
} from '@perennial/search';

/** The search of a run: its trials, where their models are, and how often their trainer was lost. */
export interface RunSearch {
  search: Search;
  /** Trained models, by trial and rung. */
  files: Readonly<Record<string, FileReference>>;
  /** Times that the trainer was lost with the trial under way, by trial and rung. */
  losses: Readonly<Record<string, number>>;
}

type WithoutInstant<T> = T extends unknown ? Omit<T, 'at'> : never;
export type RunSearchCommand = WithoutInstant<SearchCommand>;

/** What a command changed; `file` belongs to the trial that it scored. */
export interface SearchAdvance {
  events: SearchEvent[];
  file: FileReference | null;
}

/** A trial is tried again once; it may be what its trainers died of. */
const MAX_LOSSES = 2;

const keyOf = ({ trial, rung }: { trial: number; rung: number }): string => `${trial}/${rung}`;

export function advance(
  current: RunSearch | null,
  command: RunSearchCommand,
  at: string,
  file: FileReference | null = null,
): SearchAdvance[] {
  const events = decide(current?.search ?? null, { ...command, at });
  return events.length === 0 ? [] : [{ events, file }];
}

export function advanced(current: RunSearch | null, { events, file }: SearchAdvance): RunSearch {
  const search = evolveAll(current?.search ?? null, events) as Search;
  const scored = events.find((event) => event.type === 'trial-scored');
  const files = file && scored ? { ...current?.files, [keyOf(scored)]: file } : (current?.files ?? {});
  return { search, files, losses: current?.losses ?? {} };
}

/** The trainer died: any of the trials under way may be why. */
export function trialsLost(current: RunSearch | null): RunSearch | null {
  if (!current) return null;
  const lost = underWay(current).map(({ number: trial, rung }) => keyOf({ trial, rung }));
  const counts = lost.map((key) => [key, (current.losses[key] ?? 0) + 1]);
  return { ...current, losses: { ...current.losses, ...Object.fromEntries(counts) } };
}

export const underWay = ({ search }: RunSearch): Trial[] => search.trials.filter(({ running }) => running);

export const isGivenUp = ({ losses }: RunSearch, { number: trial, rung }: Trial): boolean =>
  (losses[keyOf({ trial, rung })] ?? 0) >= MAX_LOSSES;

/** Trials whose models are there, best first. */
export function candidates({ search, files }: RunSearch): (Standing & { file: FileReference })[] {
  return leaderboard(search).flatMap((standing) => {
    const file = files[keyOf({ trial: standing.trial.number, rung: standing.rung })];
    return file ? [{ ...standing, file }] : [];
  });
}

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
    state: 'done' | 'running' | 'failed';
    score: number | null;
    /** Of a full training, at the newest try. */
    share: number;
    seconds: number;
    failure: string | null;
  }[];
}

export function boardOf({ search }: RunSearch): SearchBoard {
  const { declaration, startedAt, ended, rungs, trials } = search;
  const standings = leaderboard(search);
  const rest = trials.filter(({ scores }) => scores.length === 0);
  const unranked = [...rest.filter(({ running }) => running), ...rest.filter(({ running }) => !running)];
  const line = (trial: Trial, score: number | null): SearchBoard['trials'][number] => ({
    trial: trial.number,
    ...trial.configuration,
    state: trial.failure ? 'failed' : trial.running ? 'running' : 'done',
    score,
    share: rungs[trial.rung] as number,
    seconds: trial.seconds,
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
