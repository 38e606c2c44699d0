import { pathText, withValueAt, type Path } from './path';
import type { Finding } from './schema.problems';

export type Environment = Readonly<Record<string, string | undefined>>;

/** The documented variables and the field of pipeline.yaml that each replaces. */
export const ENVIRONMENT_OVERRIDES = {
  F1_THRESHOLD: ['gate', 'threshold'],
  MAX_RETRAIN_ATTEMPTS: ['improvement', 'maxAttempts'],
  RETRAINING_SAMPLE_THRESHOLD: ['gate', 'minimumRows'],
  D_MODEL: ['model', 'dModel'],
  NHEAD: ['model', 'heads'],
  NUM_LAYERS: ['model', 'layers'],
  DIM_FEEDFORWARD: ['model', 'feedForward'],
  DROPOUT_RATE: ['model', 'dropout'],
  LEARNING_RATE: ['training', 'learningRate'],
  BATCH_SIZE: ['training', 'batchSize'],
  EPOCHS: ['training', 'epochs'],
} as const satisfies Record<string, Path>;

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

export interface Overridden {
  value: unknown;
  /** Dotted path → the variable that set it. */
  variables: ReadonlyMap<string, string>;
  findings: Finding[];
}

/** Applies the variables that are set and not empty; the schema then judges the result. */
export function applyEnvironment(root: unknown, env: Environment): Overridden {
  const variables = new Map<string, string>();
  const findings: Finding[] = [];
  let value = root;
  for (const [variable, path] of Object.entries(ENVIRONMENT_OVERRIDES)) {
    const text = env[variable]?.trim();
    if (text === undefined || text === '') continue;
    variables.set(pathText(path), variable);
    if (NUMBER.test(text)) value = withValueAt(value, path, Number(text));
    else findings.push({ path, rule: 'must be a number', value: text });
  }
  return { value, variables, findings };
}
