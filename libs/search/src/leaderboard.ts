import { lowerIsBetter, type Search, type Trial } from './search.state';

export interface Standing {
  readonly trial: Trial;
  /** Of its rungs the one with the best score. */
  readonly rung: number;
  readonly score: number;
}

/** Trials with a score, best first; a trial counts with the best of its rungs, of two equals the earlier. */
export function leaderboard({ trials, declaration }: Pick<Search, 'trials' | 'declaration'>): Standing[] {
  const sign = lowerIsBetter(declaration.metric) ? 1 : -1;
  const better = (a: number, b: number) => sign * (a - b);
  return trials
    .flatMap((trial): Standing[] => {
      const [best] = trial.scores.map((score, rung) => ({ score, rung })).sort((a, b) => better(a.score, b.score));
      return best ? [{ trial, ...best }] : [];
    })
    .sort((a, b) => better(a.score, b.score) || a.trial.number - b.trial.number);
}
