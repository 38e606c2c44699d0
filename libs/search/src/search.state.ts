import { rungShares, type Halving } from './successive.halving';
import type { Configuration, SearchSpace } from './search.space';

export type SearchMetric = 'f1' | 'rocAuc' | 'logLoss';

/** As pipeline.yaml declares it. */
export interface SearchDeclaration {
  readonly space: SearchSpace;
  readonly metric: SearchMetric;
  readonly budget: {
    /** Configurations, each counted once however far it is trained. */
    readonly trials: number;
    /** After so long no trial begins. */
    readonly seconds: number;
  };
  /** Trials at the same time. */
  readonly parallel: number;
  readonly halving: Halving | null;
}

export type EndReason = 'trials' | 'seconds' | 'exhausted' | 'stopped';

/** Instants are in ISO format, UTC. */
export type SearchEvent =
  | {
      readonly type: 'search-started';
      readonly at: string;
      readonly declaration: SearchDeclaration;
      readonly seed: number;
    }
  /** On a rung above 0 the same configuration is trained again, for longer. */
  | {
      readonly type: 'trial-started';
      readonly at: string;
      readonly trial: number;
      readonly rung: number;
      readonly share: number;
      readonly configuration: Configuration;
    }
  | {
      readonly type: 'trial-scored';
      readonly at: string;
      readonly trial: number;
      readonly rung: number;
      readonly score: number;
      readonly seconds: number;
    }
  | {
      readonly type: 'trial-failed';
      readonly at: string;
      readonly trial: number;
      readonly rung: number;
      readonly code: string;
      readonly message: string;
    }
  | {
      readonly type: 'search-ended';
      readonly at: string;
      readonly reason: EndReason;
      readonly best: { readonly trial: number; readonly rung: number; readonly score: number } | null;
    };

export interface Trial {
  /** From 1, in the order of asking. */
  readonly number: number;
  readonly configuration: Configuration;
  /** The highest rung on which it was started, from 0. */
  readonly rung: number;
  readonly running: boolean;
  /** Of the metric, by rung. */
  readonly scores: readonly number[];
  readonly seconds: number;
  readonly failure: { readonly code: string; readonly message: string } | null;
}

export interface Search {
  readonly declaration: SearchDeclaration;
  readonly seed: number;
  readonly startedAt: string;
  /** Shares of a full training. */
  readonly rungs: readonly number[];
  readonly trials: readonly Trial[];
  readonly ended: EndReason | null;
}

export function evolve(search: Search | null, event: SearchEvent): Search {
  if (event.type === 'search-started') {
    const { declaration, seed, at } = event;
    return { declaration, seed, startedAt: at, rungs: rungShares(declaration.halving), trials: [], ended: null };
  }
  if (!search) throw new TypeError(`${event.type} before search-started`);
  switch (event.type) {
    case 'trial-started':
      return { ...search, trials: started(search.trials, event) };
    case 'trial-scored':
      return changed(search, event.trial, (trial) => ({
        running: false,
        scores: [...trial.scores, event.score],
        seconds: trial.seconds + event.seconds,
      }));
    case 'trial-failed':
      return changed(search, event.trial, () => ({
        running: false,
        failure: { code: event.code, message: event.message },
      }));
    case 'search-ended':
      return { ...search, ended: event.reason };
  }
}

export const evolveAll = (search: Search | null, events: readonly SearchEvent[]): Search | null =>
  events.reduce<Search | null>(evolve, search);

function started(
  trials: readonly Trial[],
  { trial: number, rung, configuration }: Extract<SearchEvent, { type: 'trial-started' }>,
): Trial[] {
  if (rung > 0) return trials.map((trial) => (trial.number === number ? { ...trial, rung, running: true } : trial));
  return [...trials, { number, configuration, rung, running: true, scores: [], seconds: 0, failure: null }];
}

function changed(search: Search, number: number, change: (trial: Trial) => Partial<Trial>): Search {
  return {
    ...search,
    trials: search.trials.map((trial) => (trial.number === number ? { ...trial, ...change(trial) } : trial)),
  };
}

export const lowerIsBetter = (metric: SearchMetric): boolean => metric === 'logLoss';
