import { fuzz } from './fuzz.run';
import { targets } from './targets';

/** One target in a process of its own, which may die of it. Arguments: target, seed, cases, first case. */
async function main([name, seed, cases, from]: readonly string[]): Promise<void> {
  const target = targets.find((each) => each.name === name);
  if (!target) throw new Error(`there is no target ${name}`);
  const onCase = (index: number) => void (index % 50 === 0 && process.send?.({ at: index }));
  const report = await fuzz(target, { seed: Number(seed), cases: Number(cases), from: Number(from), onCase });
  const failures = report.failures.map((failure) => ({
    ...failure,
    input: Buffer.from(failure.input).toString('base64'),
  }));
  process.send?.({ report: { ...report, failures } }, () => process.exit(0));
}

main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
