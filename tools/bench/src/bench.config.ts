import { join, resolve } from 'node:path';

export interface BenchConfig {
  /** Benchmarks to run; empty means all. */
  readonly only: readonly string[];
  readonly peers: string;
  readonly results: string;
  readonly virtualEnvironment: string;
}

/** ONLY=a,b in the environment, or names as arguments. */
export function benchConfig(
  args: readonly string[] = process.argv.slice(2),
  environment: NodeJS.ProcessEnv = process.env,
): BenchConfig {
  const named = args.length > 0 ? args : (environment.ONLY ?? '').split(/[\s,]+/);
  const folder = resolve(__dirname, '..');
  return {
    only: named.filter((name) => name !== ''),
    peers: join(folder, 'peers'),
    results: join(folder, 'results'),
    virtualEnvironment: resolve(folder, '../../.perennial/bench/venv'),
  };
}
