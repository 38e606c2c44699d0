export { leaderboard, type Standing } from './leaderboard';
export type { Observation } from './observation.split';
export { decide, randomSearch, type Sampler, type SearchCommand, tpe } from './search.decider';
export {
  type Choice,
  type Configuration,
  configurationKey,
  type ParameterSpace,
  type ParameterValue,
  type Range,
  type SearchSpace,
} from './search.space';
export {
  type EndReason,
  evolve,
  evolveAll,
  lowerIsBetter,
  type Search,
  type SearchDeclaration,
  type SearchEvent,
  type SearchMetric,
  type Trial,
} from './search.state';
export { type Halving, rungShares } from './successive.halving';
export { standardTpe, type TpeOptions } from './tpe.sampler';
