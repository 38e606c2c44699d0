// What takes hours: the same checks as `make test` and beyond, on cases that no run has seen. The seed is printed first;
// SEED=… repeats a night. Every part is run even when one before it failed.
import { execFileSync } from 'node:child_process';
import { join, resolve } from 'node:path';
import { environmentOf, runStep, stopCurrentStep } from './step.mjs';

const root = resolve(import.meta.dirname, '../..');
const minutes = 60_000;
const seed = Number(process.env.SEED || Math.floor(Date.now() / 86_400_000));
if (!Number.isSafeInteger(seed) || seed < 0) {
  console.error(`SEED=${process.env.SEED}: a seed is a whole number, 0 or more`);
  process.exit(2);
}

function withProperties() {
  const found = execFileSync('git', ['grep', '-l', "from 'fast-check'", '--', '*.spec.ts'], { cwd: root });
  return found.toString().trim().split('\n');
}

const node = (file, ...args) => ['node', [join(root, file), ...args.map(String)]];
const parts = [
  ['install and build', 'bash', [join(root, 'deploy/local/bootstrap/prepare.sh')], {}],
  [
    'properties, 2,000 cases each',
    'npx',
    ['--no-install', 'jest', ...withProperties(), '--selectProjects', 'unit'],
    { environment: environmentOf({ PROPERTY_SEED: String(seed), PROPERTY_RUNS: '2000' }), timeoutMs: 90 * minutes },
  ],
  [
    'simulation, 10,000 seeds',
    ...node('tools/simulation/dist/campaign/simulate.main.js', '--seeds', 10_000, '--from', seed * 10_000),
    { timeoutMs: 240 * minutes },
  ],
  [
    'chaos, 200 seeds',
    ...node('tools/faults/dist/chaos/main.js', '--from', seed * 200, '--count', 200),
    { timeoutMs: 180 * minutes },
  ],
  [
    'fuzz, 100,000 cases',
    ...node('tools/fuzz/dist/main.js', '--cases', 100_000, '--seed', seed),
    { timeoutMs: 90 * minutes },
  ],
];

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => (stopCurrentStep(), process.exit(130)));

console.log(`SEED=${seed}`);
const failed = [];
for (const [title, command, args, options] of parts) {
  if (await runStep(root, title, command, args, options)) continue;
  failed.push(title);
  if (title === parts[0][0]) break;
}
console.log(`\nSEED=${seed}: ${failed.length === 0 ? 'all held' : `failed: ${failed.join('; ')}`}`);
process.exitCode = failed.length === 0 ? 0 : 1;
