import { PythonPackagesError } from '@perennial/python-environment';
import { benchConfig } from './bench.config';
import { BenchError } from './bench.error';
import { runBenchmark } from './bench.run';
import { benchmarksNamed } from './benchmarks';
import { resultTable } from './result.table';

const progress = (line: string): void => console.error(`  ${line}`);
const complain = (name: string, error: unknown): void =>
  console.error(`${name}: ${isTold(error) ? error.message : String((error as Error)?.stack ?? error)}\n`);
/** Its message says what to do. */
const isTold = (error: unknown): error is Error => error instanceof BenchError || error instanceof PythonPackagesError;

/** Runs every benchmark asked for, also after one failed; true when all succeeded. */
async function main(): Promise<boolean> {
  const config = benchConfig();
  let ok = true;
  for (const benchmark of benchmarksNamed(config.only)) {
    console.error(`${benchmark.name}: ${benchmark.title}`);
    try {
      const results = await runBenchmark(benchmark, config, progress);
      console.log(`\n${resultTable(results)}\n`);
    } catch (error) {
      ok = false;
      complain(benchmark.name, error);
    }
  }
  return ok;
}

main().then(
  (ok) => (process.exitCode = ok ? 0 : 1),
  (error: unknown) => {
    complain('bench', error);
    process.exitCode = 2;
  },
);
