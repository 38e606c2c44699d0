// Plants a violation of every structural rule and fails when one is not reported.
import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import { checkLayers } from './layer.check.mjs';
import { checkLint } from './lint.check.mjs';
import { checkTags } from './tag.check.mjs';

const root = resolve(import.meta.dirname, '../..');
// Handlers turn a signal into an exit, on which the temporary folders are removed.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, () => process.exit(130));
process.chdir(root);

const { forbidden } = createRequire(import.meta.url)('../../.dependency-cruiser.cjs');
const results = [
  checkTags(),
  checkLayers(
    root,
    forbidden.map(({ name }) => name),
  ),
  await checkLint(root),
];
const failures = results.flatMap((result) => result.failures);
for (const failure of failures) console.error(`probes: ${failure}`);
const count = results.reduce((sum, result) => sum + result.count, 0);
console.log(`probes: ${count} planted violations, ${failures.length} problems`);
process.exitCode = failures.length ? 1 : 0;
