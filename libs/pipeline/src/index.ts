export type { Attempt, ColumnDeclaration, Dataset, Pipeline } from './pipeline';
export { attemptOf, modelKinds } from './pipeline';
export { canonicalText } from './canonical-text';
export type { Cell, InputMode } from './cell.check';
export { type DateParser, dateParser, dayNumber } from './date-format';
export { ENVIRONMENT_OVERRIDES, type Environment } from './environment.overrides';
export { type LookedUpFeatures, lookedUpFeatures } from './looked-up.features';
export { parsePipeline } from './parse-pipeline';
export type { ParseResult, PipelineProblem } from './problem';
export { formatProblems } from './problem';
export {
  type RecordProblem,
  type RecordResult,
  type RecordValidator,
  recordValidator,
  tableSchema,
  type ValidRow,
} from './record.validator';
export type { RolloutDeclaration } from './rollout.schema';
export { type SearchedConfiguration, searchedModel } from './search.rules';
export { carriedColumns, featureColumns, type ServedColumn, servedColumns } from './served.columns';
export type { SearchDeclaration, SearchParameter } from './search.schema';
export type { EnrichmentDeclaration } from './serving.schema';
