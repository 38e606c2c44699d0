import { z } from 'zod';

export interface ConfigProblem {
  variable: string;
  rule: string;
}

/** Configuration is invalid: every problem at once, each with the variable's name. */
export class ConfigError extends Error {
  readonly code = 'INVALID_CONFIGURATION';
  readonly retryable = false;

  constructor(
    readonly service: string,
    readonly problems: ConfigProblem[],
  ) {
    super(`${service}: invalid configuration\n${problems.map((p) => `  ${p.variable}: ${p.rule}`).join('\n')}`);
    this.name = 'ConfigError';
  }
}

type Environment = Record<string, string | undefined>;
type Outputs<S extends readonly z.ZodType[]> = { [K in keyof S]: z.output<S[K]> };

/**
 * Parses the variables a service reads, by several schemas at once, so that all problems are reported together.
 * Empty variables count as absent. Values are never echoed: they may be secrets.
 */
export function parseConfigs<const S extends readonly z.ZodType[]>(
  service: string,
  schemas: S,
  env: Environment,
): Outputs<S> {
  const present = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value !== ''));
  const results = schemas.map((schema) => schema.safeParse(present));
  const problems = results.flatMap((result) => result.error?.issues ?? []).map(problemOf);
  if (problems.length > 0) throw new ConfigError(service, problems);
  return results.map((result) => result.data) as Outputs<S>;
}

const problemOf = (issue: z.core.$ZodIssue): ConfigProblem => ({
  variable: issue.path.join('.') || '(environment)',
  rule: issue.message,
});
