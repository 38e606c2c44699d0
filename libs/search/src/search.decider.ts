import { leaderboard } from './leaderboard';
import type { Observation } from './observation.split';
import type { Configuration, SearchSpace } from './search.space';
import {
  type EndReason,
  evolve,
  evolveAll,
  lowerIsBetter,
  type Search,
  type SearchDeclaration,
  type SearchEvent,
  type Trial,
} from './search.state';
import { furthest, promotable } from './successive.halving';
import { standardTpe, suggest, type TpeOptions } from './tpe.sampler';
import { trialStream } from './trial.stream';

export type SearchCommand =
  | {
      readonly type: 'start';
      readonly at: string;
      readonly declaration: SearchDeclaration;
      readonly seed: number;
    }
  | {
      readonly type: 'score';
      readonly at: string;
      readonly trial: number;
      readonly rung: number;
      readonly score: number;
      readonly seconds: number;
    }
  | {
      readonly type: 'fail';
      readonly at: string;
      readonly trial: number;
      readonly rung: number;
      readonly code: string;
      readonly message: string;
    }
  /** No trial begins any more, and those under way do not count. */
  | { readonly type: 'stop'; readonly at: string };

/** What chooses the configurations of new trials. */
export type Sampler = (
  space: SearchSpace,
  observations: readonly Observation[],
  uniform: () => number,
) => Configuration | null;

export const tpe =
  (options: TpeOptions = standardTpe): Sampler =>
  (space, observations, uniform) =>
    suggest(space, observations, uniform, options);

/** Configurations at random, with everything else alike: what a search is to be better than. */
export const randomSearch: Sampler = tpe({ ...standardTpe, startup: Infinity });

/**
 * What follows from a command: the outcome, the trials that begin after it, and the end. The same history and command
 * give the same events. A command that changes nothing (told twice, or after the end) gives none.
 */
export function decide(search: Search | null, command: SearchCommand, sampler: Sampler = tpe()): SearchEvent[] {
  const told = outcome(search, command);
  if (told.length === 0 || told[0]?.type === 'search-ended') return told;
  return [...told, ...advance(evolveAll(search, told) as Search, command.at, sampler)];
}

function outcome(search: Search | null, command: SearchCommand): SearchEvent[] {
  const { at } = command;
  if (command.type === 'start') {
    const { declaration, seed } = command;
    return search ? [] : [{ type: 'search-started', at, declaration, seed }];
  }
  if (!search || search.ended) return [];
  if (command.type === 'stop') return [endOf(search, at, 'stopped')];
  const { trial: number, rung } = command;
  const trial = search.trials.find((each) => each.number === number);
  if (!trial?.running || trial.rung !== rung) return [];
  if (command.type === 'fail') {
    const { code, message } = command;
    return [{ type: 'trial-failed', at, trial: number, rung, code, message }];
  }
  const { score, seconds } = command;
  if (Number.isFinite(score)) return [{ type: 'trial-scored', at, trial: number, rung, score, seconds }];
  const message = `the ${search.declaration.metric} is ${score}`;
  return [{ type: 'trial-failed', at, trial: number, rung, code: 'search.no-score', message }];
}

/** Trials begin until as many as allowed are under way; without any the search ends. */
function advance(before: Search, at: string, sampler: Sampler): SearchEvent[] {
  const events: SearchEvent[] = [];
  let search = before;
  let reason: EndReason | null = null;
  const under = () => search.trials.filter(({ running }) => running).length;
  while (reason === null && under() < search.declaration.parallel) {
    const step = nextTrial(search, at, sampler);
    if (typeof step === 'string') reason = step;
    else {
      events.push(step);
      search = evolve(search, step);
    }
  }
  return reason !== null && under() === 0 ? [...events, endOf(search, at, reason)] : events;
}

/** A promotion if there is one, otherwise a new configuration; or why there is neither. */
function nextTrial(search: Search, at: string, sampler: Sampler): SearchEvent | EndReason {
  const { declaration, rungs, trials, seed } = search;
  const { budget, halving, space } = declaration;
  if (Date.parse(at) - Date.parse(search.startedAt) >= budget.seconds * 1000) return 'seconds';
  const climbers = trials.map(({ scores, rung }) => ({ scores: scores.map(gain(search)), rung }));
  const promoted = halving ? promotable(climbers, rungs.length, halving.factor) : null;
  if (promoted !== null) return promotion(search, trials[promoted] as Trial, at);
  const number = trials.length + 1;
  const configuration =
    number > budget.trials ? null : sampler(space, observationsOf(search), trialStream(seed, number));
  if (configuration) {
    return { type: 'trial-started', at, trial: number, rung: 0, share: rungs[0] as number, configuration };
  }
  const last = rungs.length - 1;
  const open = trials.some(({ running, scores }) => running || scores[last] !== undefined);
  const climber = open ? null : furthest(climbers, rungs.length);
  if (climber !== null) return promotion(search, trials[climber] as Trial, at);
  return number > budget.trials ? 'trials' : 'exhausted';
}

function promotion({ rungs }: Search, { number, rung, configuration }: Trial, at: string): SearchEvent {
  const next = rung + 1;
  return { type: 'trial-started', at, trial: number, rung: next, share: rungs[next] as number, configuration };
}

/** Scores so that higher is better. */
const gain =
  ({ declaration }: Search) =>
  (score: number): number =>
    lowerIsBetter(declaration.metric) ? -score : score;

/** A trial counts with its highest rung that has a score. */
function observationsOf(search: Search): Observation[] {
  return search.trials.map(({ configuration, scores }) => {
    const score = scores.at(-1);
    const share = search.rungs[scores.length - 1];
    const result = score === undefined || share === undefined ? null : { share, score: gain(search)(score) };
    return { configuration, result };
  });
}

function endOf(search: Search, at: string, reason: EndReason): SearchEvent {
  const [best] = leaderboard(search);
  return {
    type: 'search-ended',
    at,
    reason,
    best: best ? { trial: best.trial.number, rung: best.rung, score: best.score } : null,
  };
}
