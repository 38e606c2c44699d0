import { name as pipelineName } from '@perennial/contracts';
import { configField } from '@perennial/service';
import { z } from 'zod';
import type { RegisteredName, VersionSelector } from './domain/registered.model';

const text = z.string().trim().min(1);
const SELECTORS = ['MLFLOW_MODEL_STAGE', 'MLFLOW_MODEL_ALIAS', 'MLFLOW_MODEL_VERSION'] as const;
const DEFAULT_STAGE = 'Production';

/** Under the names that MLflow's own programs read, where they have them. */
export const mlflowFields = {
  MLFLOW_TRACKING_URI: text.optional().describe('MLflow server of MLFLOW_MODEL_NAME; without it REGISTRY_URL'),
  MLFLOW_MODEL_NAME: text
    .optional()
    .describe('Registered model to serve; rollouts of its pipeline have no effect then'),
  MLFLOW_MODEL_STAGE: z
    .enum(['None', 'Staging', 'Production', 'Archived'], 'must be None, Staging, Production or Archived')
    .optional()
    .describe('Its newest version at this stage; Production where neither alias nor version is given'),
  MLFLOW_MODEL_ALIAS: text.optional().describe('Its version of this alias'),
  MLFLOW_MODEL_VERSION: text.optional().describe('This version of it'),
  MLFLOW_MODEL_PIPELINE: pipelineName
    .optional()
    .describe('Pipeline that it serves, or name under which it is served; else its own name'),
  MLFLOW_TRACKING_TOKEN: text.optional().describe('Bearer token for the MLflow server'),
  MLFLOW_TRACKING_USERNAME: text.optional().describe('User at the MLflow server, with MLFLOW_TRACKING_PASSWORD'),
  MLFLOW_TRACKING_PASSWORD: text.optional(),
  REGISTRY_URL: configField.url.optional().describe('The registry of this installation, for MLFLOW_MODEL_NAME'),
};

type MlflowFields = z.output<z.ZodObject<typeof mlflowFields>>;
type Field = keyof MlflowFields;

/** Every way in which the fields contradict one another. */
export function mlflowConflicts(config: MlflowFields): { variable: Field; rule: string }[] {
  const problems: { variable: Field; rule: string }[] = [];
  const refuse = (variable: Field, rule: string) => problems.push({ variable, rule });
  const { MLFLOW_MODEL_NAME: name, MLFLOW_TRACKING_URI: uri, MLFLOW_TRACKING_TOKEN: token } = config;
  const given = SELECTORS.filter((selector) => config[selector] !== undefined);
  if (given.length > 1)
    refuse(given[1] as Field, `must not be given beside ${given[0]}: one of them chooses the version`);
  if (name === undefined) {
    const alone = [...given, ...(config.MLFLOW_MODEL_PIPELINE === undefined ? [] : ['MLFLOW_MODEL_PIPELINE' as const])];
    alone.forEach((variable) => refuse(variable, 'has no effect without MLFLOW_MODEL_NAME'));
    return problems;
  }
  if (uri === undefined && config.REGISTRY_URL === undefined) {
    refuse('MLFLOW_TRACKING_URI', 'must be given with MLFLOW_MODEL_NAME, unless REGISTRY_URL is');
  }
  if (uri !== undefined && !/^https?:\/\//.test(uri)) {
    refuse(
      'MLFLOW_TRACKING_URI',
      'must be the http or https URL of a tracking server; folders and databases are not read',
    );
  }
  if (config.MLFLOW_MODEL_PIPELINE === undefined && !pipelineName.safeParse(name).success) {
    refuse(
      'MLFLOW_MODEL_PIPELINE',
      `must be given: the name of the model is none of a pipeline (lower-case letters, digits and dashes)`,
    );
  }
  const isUser = config.MLFLOW_TRACKING_USERNAME !== undefined;
  const isPassword = config.MLFLOW_TRACKING_PASSWORD !== undefined;
  if (isUser !== isPassword) {
    refuse(isUser ? 'MLFLOW_TRACKING_PASSWORD' : 'MLFLOW_TRACKING_USERNAME', 'must be given with the other of the two');
  }
  if (token !== undefined && isUser)
    refuse('MLFLOW_TRACKING_TOKEN', 'must not be given beside MLFLOW_TRACKING_USERNAME');
  return problems;
}

/** The model that is to be served from a registry; null where none is. */
export function registeredName(config: MlflowFields): RegisteredName | null {
  const { MLFLOW_MODEL_NAME: name } = config;
  return name === undefined
    ? null
    : { name, selector: selectorOf(config), pipeline: config.MLFLOW_MODEL_PIPELINE ?? name };
}

function selectorOf(config: MlflowFields): VersionSelector {
  const { MLFLOW_MODEL_ALIAS: alias, MLFLOW_MODEL_VERSION: version } = config;
  if (alias !== undefined) return { alias };
  return version === undefined ? { stage: config.MLFLOW_MODEL_STAGE ?? DEFAULT_STAGE } : { version };
}

/** Headers for the server that MLFLOW_TRACKING_URI names. */
export function trackingHeaders(config: MlflowFields): Readonly<Record<string, string>> {
  const { MLFLOW_TRACKING_TOKEN: token, MLFLOW_TRACKING_USERNAME: user, MLFLOW_TRACKING_PASSWORD: password } = config;
  if (token !== undefined) return { authorization: `Bearer ${token}` };
  if (user === undefined) return {};
  return { authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}` };
}
