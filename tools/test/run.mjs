// The whole check, as CI runs it: install, lint, build, unit tests, the simulation, integration tests against a stack of
// its own, the short demo. Everything is run even when something failed, unless nothing could run after it. The last line counts
// tests and steps.
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { environmentOf, runStep, stopCurrentStep } from './step.mjs';
import { count, noCount, sum } from './count.mjs';

const root = resolve(import.meta.dirname, '../..');
const home = join(root, '.perennial', 'test');
const demoHome = join(home, 'demo');
const artifacts = process.env.PERENNIAL_ARTIFACTS || join(root, '.perennial', 'artifacts');
const results = join(root, '.perennial', 'test-results');
const minutes = 60_000;

const localStack = () => import(join(root, 'deploy/local/dist/index.js'));

/** A step that passes or fails as one. A passing one is no test, so it adds nothing. */
async function step(title, command, args, options) {
  return (await runStep(root, title, command, args, options)) ? noCount : { passed: 0, failed: 1 };
}

async function jest(project, options) {
  const report = join(results, `${project}.json`);
  rmSync(report, { force: true });
  const args = ['--no-install', 'jest', '--selectProjects', project, '--json', '--outputFile', report];
  const ok = await runStep(root, `${project} tests`, 'npx', [...args, ...(options.args ?? [])], options);
  return count(ok, existsSync(report) ? readFileSync(report, 'utf8') : undefined);
}

async function stopEverything() {
  if (!existsSync(join(root, 'deploy/local/dist/index.js'))) return;
  const { processDirectory, stopProcesses } = await localStack();
  for (const each of [demoHome, home]) if (existsSync(each)) await stopProcesses(processDirectory(each));
}

async function integration() {
  const { installLightGbm, startStack } = await localStack();
  const onProgress = (line) => console.log(`  ${line}`);
  const stack = await startStack({ home, artifacts, onProgress });
  const environment = environmentOf({
    KAFKA_BROKERS: stack.kafka,
    MONGO_URL: stack.mongo,
    PERENNIAL_ARTIFACTS: artifacts,
    // After the database, whose Python has pip.
    LIGHTGBM_LIBRARY: await installLightGbm({ artifacts, onProgress }),
  });
  // forceExit: a test that failed before it could close its connections must not keep the run waiting.
  return jest('integration', { args: ['-i', '--forceExit'], environment, timeoutMs: 45 * minutes });
}

/** The services in one process on simulated drivers, with faults: the same seeds every time. */
async function simulation() {
  const program = join(root, 'tools/simulation/dist/campaign/simulate.main.js');
  const args = [program, '--seeds', '300', '--from', '1'];
  const ok = await runStep(root, 'simulation, 300 seeds', process.execPath, args, { timeoutMs: 30 * minutes });
  return ok ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 };
}

/** On a stack of its own and without addresses from outside: the way a newcomer runs it. */
async function demo() {
  const environment = environmentOf({
    KAFKA_BROKERS: undefined,
    MONGO_URL: undefined,
    PERENNIAL_HOME: home, // the demo's own is demo/ within it
    PERENNIAL_ARTIFACTS: artifacts,
  });
  const ok = await runStep(root, 'demo, short form', './perennial', ['demo', '--short'], {
    environment,
    timeoutMs: 45 * minutes,
  });
  return ok ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 };
}

async function attempt(title, work) {
  try {
    return await work();
  } catch (error) {
    console.error(`${title}: ${error instanceof Error ? error.message : String(error)}`);
    return { passed: 0, failed: 1 };
  }
}

async function checkAll() {
  const prepare = join(root, 'deploy/local/bootstrap/prepare.sh');
  const totals = [await step('install', 'bash', [prepare, 'install'])];
  if (sum(totals).failed > 0) return sum(totals);
  for (const script of ['lint', 'check:contracts', 'check:probes']) {
    totals.push(await step(script, 'npm', ['run', '--silent', script]));
  }
  const built = await step('type-check and build', 'npx', ['--no-install', 'tsc', '-b']);
  totals.push(built);
  if (built.failed > 0) return sum(totals);
  await stopEverything(); // what an interrupted run left behind
  rmSync(home, { recursive: true, force: true });
  mkdirSync(results, { recursive: true });
  totals.push(await jest('unit', { timeoutMs: 30 * minutes }));
  totals.push(await attempt('simulation', simulation));
  totals.push(await attempt('integration tests', integration));
  await stopEverything();
  totals.push(await attempt('demo', demo));
  return sum(totals);
}

let interrupted = false;
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => {
    if (interrupted) return;
    interrupted = true;
    stopCurrentStep();
    stopEverything().finally(() => process.exit(130));
  });
}

let total = { passed: 0, failed: 1 };
try {
  total = await checkAll();
} catch (error) {
  console.error(error);
} finally {
  await stopEverything().catch((error) => {
    console.error(error);
    total = { ...total, failed: total.failed + 1 };
  });
}
if (!interrupted) {
  console.log(`\n${total.passed} passed, ${total.failed} failed`);
  process.exitCode = total.failed === 0 && total.passed > 0 ? 0 : 1;
}
