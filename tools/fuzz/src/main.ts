import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { FuzzFailure } from './fuzz.run';
import { superviseFuzz } from './supervised.fuzz';
import { targets } from './targets';

const regressions = join(__dirname, '..', 'regressions');

/** The input goes where the tests repeat it from now on. */
function keep({ target, input }: FuzzFailure): string {
  const name = createHash('sha256').update(input).digest('hex').slice(0, 12);
  const file = join(regressions, target, `${name}.bin`);
  mkdirSync(join(regressions, target), { recursive: true });
  writeFileSync(file, input);
  return file;
}

/** `npm run fuzz -- [--target NAME] [--cases N] [--seed S]`: N cases, shared by the targets. Exit code 1: a defect. */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      target: { type: 'string' },
      cases: { type: 'string', default: '100000' },
      seed: { type: 'string', default: String(Date.now() % 2 ** 31) },
    },
  });
  const names = targets.map(({ name }) => name).filter((name) => !values.target || name === values.target);
  if (names.length === 0) throw new Error(`--target must be one of ${targets.map(({ name }) => name).join(', ')}`);
  const [cases, seed] = [Math.ceil(Number(values.cases) / names.length), Number(values.seed)];
  if (!(cases > 0) || !Number.isInteger(seed)) throw new Error('--cases and --seed must be whole numbers');
  console.log(`seed ${seed}, ${cases} cases for each of ${names.join(', ')}`);
  for (const name of names) {
    const { failures, ...report } = await superviseFuzz(name, { seed, cases });
    console.log(`${name}: ${report.cases} cases, ${report.accepted} accepted, ${failures.length} defects`);
    for (const failure of failures) {
      console.log(`  case ${failure.index}: ${failure.defect}\n${failure.stack}`);
      if (failure.input.length > 0) console.log(`  kept as ${keep(failure)}`);
      process.exitCode = 1;
    }
  }
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 2;
});
