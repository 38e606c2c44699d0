import { canonicalText } from './canonical-text';
import { DEFAULT_MAX_ATTEMPTS, improvementSchema } from './improvement.schema';
import { valueAt } from './path';
import type { ColumnDeclaration } from './pipeline';
import { dayNumber } from './date-format';
import { columnFindings } from './column.rules';
import { enrichmentFindings } from './enrichment.rules';
import type { ParsedPipeline } from './pipeline.schema';
import type { Finding } from './schema.problems';
import { searchFindings, validSearch } from './search.rules';
import { trainingSchema } from './training.schema';

type Partially<T> = { [K in keyof T]?: T[K] extends object ? Partial<T[K]> : T[K] };
/** Only sections and fields that are valid by themselves are present. */
export type ValidParts = Partially<ParsedPipeline>;

type Rule = (parts: ValidParts) => Finding[];
const none: Finding[] = [];

const duplicateColumns: Rule = ({ dataset }) =>
  (dataset?.columns ?? []).flatMap((column, index, all) =>
    all.findIndex((other) => other.name === column.name) < index
      ? [{ path: ['dataset', 'columns', index, 'name'], rule: 'must be unique among the columns', value: column.name }]
      : none,
  );

function namedColumn(columns: ColumnDeclaration[] | undefined, name: string | undefined) {
  return columns?.find((column) => column.name === name);
}

const recordIdRule: Rule = ({ dataset }) => {
  if (!dataset?.columns || dataset.recordId === undefined) return none;
  const value = dataset.recordId;
  const path = ['dataset', 'recordId'];
  const column = namedColumn(dataset.columns, value);
  if (!column) return [{ path, rule: 'must name one of dataset.columns', value }];
  if (dataset.target?.column === value) return [{ path, rule: 'must not be the target column', value }];
  const allowed = column.type === 'string' || column.type === 'integer' || column.type === 'category';
  return allowed ? none : [{ path, rule: `must be a string, integer or category column, not ${column.type}`, value }];
};

function takes(column: ColumnDeclaration, positive: string | number | boolean): boolean {
  if (column.values) return column.values.some((value) => canonicalText(value) === canonicalText(positive));
  if (column.type === 'boolean') return typeof positive === 'boolean';
  if (column.type === 'integer') return Number.isSafeInteger(positive);
  if (column.type === 'number') return typeof positive === 'number';
  if (column.type === 'date') return false;
  return column.type === 'category' || typeof positive === 'string';
}

const targetRule: Rule = ({ dataset }) => {
  if (!dataset?.columns || !dataset.target) return none;
  const { column: name, positive } = dataset.target;
  const column = namedColumn(dataset.columns, name);
  if (!column)
    return [{ path: ['dataset', 'target', 'column'], rule: 'must name one of dataset.columns', value: name }];
  if (column.type === 'date') {
    return [{ path: ['dataset', 'target', 'column'], rule: 'must not be a date column', value: name }];
  }
  if (takes(column, positive)) return none;
  return [
    { path: ['dataset', 'target', 'positive'], rule: `must be a value that column ${name} can take`, value: positive },
  ];
};

const modelInputs: Rule = ({ dataset }) => {
  if (!dataset?.columns || dataset.recordId === undefined || !dataset.target) return none;
  const { recordId, target } = dataset;
  const others = dataset.columns.filter(({ name }) => name !== recordId && name !== target.column);
  if (others.some(({ feature }) => feature)) return none;
  const rule = 'must have at least one feature besides recordId and target';
  return [{ path: ['dataset', 'columns'], rule, value: others.map(({ name }) => name) }];
};

const closingRule: Rule = ({ dataset }) => {
  const closing = dataset?.closing;
  if (!closing || closing.manifest || closing.rowCount !== null || closing.schedule !== null) return none;
  return [{ path: ['dataset', 'closing'], rule: 'must close by manifest, rowCount or schedule', value: closing }];
};

/** Judged on the file alone: a variable may lower maxAttempts below the number of declared attempts. */
export function surplusAttempts(document: unknown): Finding[] {
  const attempts = valueAt(document, ['improvement', 'attempts']);
  const maxAttempts = valueAt(document, ['improvement', 'maxAttempts']) ?? DEFAULT_MAX_ATTEMPTS;
  if (!Array.isArray(attempts) || typeof maxAttempts !== 'number' || attempts.length <= maxAttempts) return none;
  const rule = `must not have more entries than improvement.maxAttempts (${maxAttempts})`;
  return [{ path: ['improvement', 'attempts'], rule, value: attempts.length }];
}

/** The only ones of the training section that mean something for trees. */
const TRAINING_OF_TREES = ['classWeights', 'seed'];
const INSTEAD_FOR_TREES: Readonly<Record<string, string>> = {
  epochs: 'model.numIterations',
  learningRate: 'model.learningRate',
  earlyStopping: 'model.earlyStoppingRound',
};

/** Judged on what is declared, variables included: after parsing every field has a value. */
export function idleTraining(document: unknown): Finding[] {
  const training = valueAt(document, ['training']);
  if (valueAt(document, ['model', 'kind']) !== 'lightgbm' || typeof training !== 'object' || training === null) {
    return none;
  }
  const known = Object.keys(trainingSchema.shape);
  return Object.entries(training)
    .filter(([key]) => known.includes(key) && !TRAINING_OF_TREES.includes(key))
    .map(([key, value]) => {
      const instead = INSTEAD_FOR_TREES[key];
      const rule = `does not apply to model.kind lightgbm${instead ? `; ${instead} does` : ''}`;
      return { path: ['training', key], rule, value };
    });
}

const headsRule: Rule = ({ model }) => {
  if (!model || !('heads' in model)) return none;
  const { dModel, heads } = model;
  if (dModel === undefined || heads === undefined || dModel % heads === 0) return none;
  return [{ path: ['model', 'dModel'], rule: `must be divisible by model.heads (${heads})`, value: dModel }];
};

const optimizerRule: Rule = ({ training }) => {
  const { optimizer, momentum = 0, weightDecay = 0 } = training ?? {};
  if (optimizer === undefined) return none;
  const findings: Finding[] = [];
  const only = (path: string, value: number, kind: string) =>
    value > 0 && optimizer !== kind
      ? findings.push({ path: ['training', path], rule: `must be 0 unless training.optimizer is ${kind}`, value })
      : 0;
  only('momentum', momentum, 'sgd');
  only('weightDecay', weightDecay, 'adamw');
  return findings;
};

/** Of the kinds that training.pretraining applies to, see idleTraining. */
const pretrainingRule: Rule = ({ model, training }) => {
  if (!training?.pretraining || model?.kind !== 'logistic-regression') return none;
  const rule = `must be null: model.kind ${model.kind} has no encoder that could be pretrained`;
  return [{ path: ['training', 'pretraining'], rule, value: training.pretraining }];
};

const splitRule: Rule = ({ split }) => {
  if (split?.holdout === undefined || split.validation === undefined) return none;
  const sum = split.holdout + split.validation;
  const findings: Finding[] = [];
  if (split.holdout === 0) findings.push({ path: ['split', 'holdout'], rule: 'must be greater than 0', value: 0 });
  if (sum >= 1) findings.push({ path: ['split'], rule: 'holdout + validation must be less than 1', value: sum });
  return findings;
};

const rowCountRule: Rule = ({ quality }) => {
  const ratios = quality?.rowCount;
  if (!ratios || ratios.minimumRatio <= ratios.maximumRatio) return none;
  const rule = `must be at most maximumRatio (${ratios.maximumRatio})`;
  return [{ path: ['quality', 'rowCount', 'minimumRatio'], rule, value: ratios.minimumRatio }];
};

const approversRule: Rule = ({ approval }) => {
  if (approval?.mode !== 'manual' || !approval.approvers || approval.approvers.length > 0) return none;
  return [{ path: ['approval', 'approvers'], rule: 'must name at least one approver when mode is manual', value: [] }];
};

const columnRule: Rule = ({ dataset }) =>
  (dataset?.columns ?? []).flatMap((column, index) =>
    columnFindings(column, dayNumber).map((finding) => ({
      ...finding,
      path: ['dataset', 'columns', index, ...finding.path],
    })),
  );

/** Judged on what is declared, so that it is told beside problems of other fields. */
export function searchProblems(document: unknown): Finding[] {
  const attempts = valueAt(document, ['improvement', 'attempts']);
  const minutes = improvementSchema.shape.attemptTimeoutMinutes.safeParse(
    valueAt(document, ['improvement', 'attemptTimeoutMinutes']),
  );
  const timeout = (minutes.data ?? Infinity) * 60;
  return (Array.isArray(attempts) ? attempts : []).flatMap((attempt: unknown, index) => {
    if (valueAt(attempt, ['strategy']) !== 'search') return none;
    const path = ['improvement', 'attempts', index, 'search'];
    const search = validSearch(valueAt(attempt, ['search']));
    const { seconds = 0 } = search.budget ?? {};
    const rule = `must be less than improvement.attemptTimeoutMinutes (${timeout} seconds)`;
    const late = seconds < timeout ? none : [{ path: [...path, 'budget', 'seconds'], rule, value: seconds }];
    return [...late, ...searchFindings(search, path)];
  });
}

const canaryRule: Rule = ({ rollout }) =>
  (rollout?.canary?.steps ?? []).flatMap(({ weight }, index, steps) => {
    const before = steps[index - 1]?.weight ?? 0;
    if (weight > before) return none;
    const rule = `must be more than that of the step before (${before})`;
    return [{ path: ['rollout', 'canary', 'steps', index, 'weight'], rule, value: weight }];
  });

const armsRule: Rule = ({ rollout }) => {
  const { control, treatment } = rollout?.ab ?? {};
  if (control === undefined || control !== treatment) return none;
  return [{ path: ['rollout', 'ab', 'treatment'], rule: 'must not be the name of the control', value: treatment }];
};

const stickyRule: Rule = ({ dataset, rollout }) => {
  const { columns } = dataset ?? {};
  if (!columns) return none;
  return (rollout?.stickyBy ?? []).flatMap((value, index) =>
    namedColumn(columns, value)
      ? none
      : [{ path: ['rollout', 'stickyBy', index], rule: 'must name one of dataset.columns', value }],
  );
};

const enrichmentRule: Rule = ({ dataset, serving }) => {
  const { columns, target } = dataset ?? {};
  if (!serving?.enrichment || !columns) return none;
  return enrichmentFindings(serving.enrichment, { columns, target: target?.column });
};

const RULES: Rule[] = [
  duplicateColumns,
  columnRule,
  recordIdRule,
  targetRule,
  modelInputs,
  closingRule,
  headsRule,
  optimizerRule,
  pretrainingRule,
  splitRule,
  rowCountRule,
  approversRule,
  canaryRule,
  armsRule,
  stickyRule,
  enrichmentRule,
];

export function crossFieldFindings(parts: ValidParts): Finding[] {
  return RULES.flatMap((rule) => rule(parts));
}
