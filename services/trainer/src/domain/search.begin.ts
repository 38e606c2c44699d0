import type { SearchDeclaration } from '@perennial/pipeline';
import type { RunSearchCommand } from './run.search';
import type { TrainingRun } from './training.run';

/** Of the time until the run's deadline, after which no trial begins. */
const SHARE_OF_TIME = 0.8;

/** A search that ends early enough for its last trials to end before the run must. */
export function beginSearch(
  { deadline, claimedAt }: Pick<TrainingRun, 'deadline' | 'claimedAt'>,
  declared: SearchDeclaration,
  seed: number,
): Extract<RunSearchCommand, { type: 'start' }> {
  const left = deadline && claimedAt ? (Date.parse(deadline) - Date.parse(claimedAt)) / 1000 : Infinity;
  const budget = { ...declared.budget, seconds: Math.min(declared.budget.seconds, SHARE_OF_TIME * left) };
  return { type: 'start', declaration: { ...declared, budget }, seed };
}
