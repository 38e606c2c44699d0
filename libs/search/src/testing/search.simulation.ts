import { decide, type Sampler, tpe } from '../search.decider';
import type { Configuration } from '../search.space';
import { evolveAll, type Search, type SearchDeclaration, type SearchEvent } from '../search.state';

type Started = Extract<SearchEvent, { type: 'trial-started' }>;

export interface Simulation {
  readonly declaration: SearchDeclaration;
  readonly seed?: number;
  /** The score of a configuration after a share of its training; null: it fails. */
  readonly objective: (configuration: Configuration, share: number, trial: number) => number | null;
  /** Which of those under way ends next. */
  readonly ends?: (count: number) => number;
  readonly sampler?: Sampler;
}

export const instant = (second: number): string => new Date(Date.UTC(2026, 0, 4) + second * 1000).toISOString();

/** Every trial takes its share of 10 seconds, one after another; returns all that happened. */
export function simulate({ declaration, seed = 1, objective, ends = () => 0, sampler = tpe() }: Simulation): {
  search: Search;
  events: SearchEvent[];
} {
  let second = 0;
  let search: Search | null = null;
  const events: SearchEvent[] = [];
  const underWay: Started[] = [];
  const take = (told: SearchEvent[]) => {
    search = evolveAll(search, told);
    events.push(...told);
    underWay.push(...told.filter((event): event is Started => event.type === 'trial-started'));
  };
  take(decide(null, { type: 'start', at: instant(0), declaration, seed }, sampler));
  while (underWay.length > 0) {
    const [{ trial, rung, share, configuration }] = underWay.splice(ends(underWay.length), 1) as [Started];
    second += 10 * share;
    const score = objective(configuration, share, trial);
    const at = instant(second);
    const outcome =
      score === null
        ? ({ type: 'fail', at, trial, rung, code: 'a.code', message: 'why' } as const)
        : ({ type: 'score', at, trial, rung, score, seconds: 10 * share } as const);
    take(decide(search, outcome, sampler));
  }
  return { search: search as unknown as Search, events };
}
