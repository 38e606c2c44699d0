import type { FileReference } from '@perennial/contracts';
import {
  decide,
  evolveAll,
  leaderboard,
  type Search,
  type SearchCommand,
  type SearchEvent,
  type Standing,
} from '@perennial/search';

/** The search of a run: its trials, and where their models are. */
export interface RunSearch {
  search: Search;
  /** Trained models, by trial and rung. */
  files: Readonly<Record<string, FileReference>>;
}

type WithoutInstant<T> = T extends unknown ? Omit<T, 'at'> : never;
export type RunSearchCommand = WithoutInstant<SearchCommand>;

/** What a command changed; `file` belongs to the trial that it scored. */
export interface SearchAdvance {
  events: SearchEvent[];
  file: FileReference | null;
}

export const keyOf = ({ trial, rung }: { trial: number; rung: number }): string => `${trial}/${rung}`;

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
  return { search, files };
}

/** Whether the search still waits for what comes of a trial on a rung. */
export const awaits = ({ search }: RunSearch, { trial: number, rung }: { trial: number; rung: number }): boolean =>
  search.trials.some((trial) => trial.number === number && trial.rung === rung && trial.running);

/** Trials whose models are there, best first. */
export function candidates({ search, files }: RunSearch): (Standing & { file: FileReference })[] {
  return leaderboard(search).flatMap((standing) => {
    const file = files[keyOf({ trial: standing.trial.number, rung: standing.rung })];
    return file ? [{ ...standing, file }] : [];
  });
}
