import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';

/** Servers and pipelines of another installation would be used instead of our own. */
const foreign = /^(KAFKA_|MONGO_|PERENNIAL_HOME$|PIPELINES$|GROUP_SUFFIX$|PUBLIC_URL$)/;

const settings = {
  rows: { type: 'string' },
  rounds: { type: 'string' },
  trials: { type: 'string' },
  pipelines: { type: 'string' },
  concurrency: { type: 'string' },
  minutes: { type: 'string' },
  'day-every': { type: 'string' },
  'per-second': { type: 'string' },
  seconds: { type: 'string' },
  'idle-seconds': { type: 'string' },
} as const;

type Setting = keyof typeof settings;

export interface LoadConfig {
  /** Null: all of them. */
  readonly program: string | null;
  readonly environment: NodeJS.ProcessEnv;
  readonly results: string;
  /** The setting, or what stands for it where none is given. Throws RangeError for what is no number above 0. */
  number(setting: Setting, otherwise: number): number;
}

export function loadConfig(args: readonly string[], environment = process.env): LoadConfig {
  const { values, positionals } = parseArgs({ args: [...args], options: settings, allowPositionals: true });
  return {
    program: positionals[0] ?? null,
    environment: Object.fromEntries(Object.entries(environment).filter(([name]) => !foreign.test(name))),
    results: resolve(join(__dirname, '..', '..', 'results')),
    number: (setting, otherwise) => {
      const text = values[setting];
      const value = text === undefined ? otherwise : Number(text);
      if (value > 0 && Number.isFinite(value)) return value;
      throw new RangeError(`--${setting} ${text}: must be a number above 0`);
    },
  };
}
