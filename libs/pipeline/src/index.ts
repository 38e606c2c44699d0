export type { Attempt, ColumnDeclaration, Dataset, Pipeline } from './pipeline';
export { attemptOf } from './pipeline';
export type { ParseResult, PipelineProblem } from './problem';
export { formatProblems } from './problem';
