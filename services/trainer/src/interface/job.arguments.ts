import { parseArgs } from 'node:util';

export const USAGE = `perennial-trainer run (--run-id ID | --next) [OPTION ...]

Trains one run that waits, under the rules of the trainer service, and ends.

  --run-id ID          the run
  --next               the run whose turn it is
  --outcome FILE       where the outcome of a completed run is written, as JSON
  --store URL          MONGO_URL: connection string of the database
  --brokers LIST       KAFKA_BROKERS: host:port, separated by commas
  --feature-store URL  FEATURE_STORE_URL
  --preprocessing URL  PREPROCESSING_URL
  --pipelines PATHS    PIPELINES: files or folders, separated by commas

All else is read from the environment, as the service reads it.

Exit codes
  0   the run is completed, now or before; with --next also: no run waits
  1   the run failed, now or before, or the configuration is wrong
  2   not now: another trainer holds the run, it pauses, was handed back or is not known yet, or what the trainer
      needs does not answer; try again later
  64  wrong usage
`;

export interface JobArguments {
  /** Null: the run whose turn it is. */
  runId: string | null;
  outcome: string | null;
  /** Environment variables that options name. */
  variables: Record<string, string>;
}

const VARIABLES = {
  store: 'MONGO_URL',
  brokers: 'KAFKA_BROKERS',
  'feature-store': 'FEATURE_STORE_URL',
  preprocessing: 'PREPROCESSING_URL',
  pipelines: 'PIPELINES',
} as const;

const text = { type: 'string' } as const;
const flag = { type: 'boolean' } as const;
const options = {
  ...{ 'run-id': text, next: flag, outcome: text, help: flag },
  ...{ store: text, brokers: text, 'feature-store': text, preprocessing: text, pipelines: text },
} as const;

export type ParsedArguments = JobArguments | { problem: string } | 'help';

export function jobArguments(given: readonly string[]): ParsedArguments {
  try {
    const { values, positionals } = parseArgs({ args: [...given], options, allowPositionals: true });
    if (values.help) return 'help';
    if (positionals.length !== 1 || positionals[0] !== 'run') {
      return { problem: `the command is run, not "${positionals.join(' ')}"` };
    }
    const runId = values['run-id'];
    if ((runId === undefined) === (values.next !== true)) return { problem: 'give either --run-id or --next' };
    if (runId === '') return { problem: '--run-id must not be empty' };
    const named = Object.entries(VARIABLES) as [keyof typeof VARIABLES, string][];
    const variables = named.flatMap(([option, variable]) => {
      const value = values[option];
      return value === undefined ? [] : [[variable, value] as const];
    });
    return { runId: runId ?? null, outcome: values.outcome ?? null, variables: Object.fromEntries(variables) };
  } catch (error) {
    return { problem: (error as Error).message };
  }
}
