import { parseArgs } from 'node:util';

export interface LoadConfig {
  readonly rows: number;
  readonly perMessage: number;
  readonly limitMs: number;
  readonly environment: NodeJS.ProcessEnv;
  /** Keeps the result in results/ingestion.json. */
  readonly write: boolean;
}

const whole = (name: string, text: string): number => {
  const value = Number(text);
  if (Number.isInteger(value) && value > 0) return value;
  throw new RangeError(`--${name} ${text}: must be a whole number from 1`);
};

/** Servers and pipelines of another installation would be used instead of our own. */
const foreign = /^(KAFKA_|MONGO_|PERENNIAL_HOME$|PIPELINES$|GROUP_SUFFIX$|PUBLIC_URL$)/;

export function loadConfig(args: readonly string[], environment = process.env): LoadConfig {
  const { values } = parseArgs({
    args: [...args],
    options: {
      rows: { type: 'string', default: '1000000' },
      'per-message': { type: 'string', default: '500' },
      'limit-seconds': { type: 'string', default: '900' },
      write: { type: 'boolean', default: false },
    },
  });
  return {
    write: values.write,
    rows: whole('rows', values.rows),
    perMessage: whole('per-message', values['per-message']),
    limitMs: whole('limit-seconds', values['limit-seconds']) * 1_000,
    environment: Object.fromEntries(Object.entries(environment).filter(([name]) => !foreign.test(name))),
  };
}
