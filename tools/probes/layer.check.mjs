import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { layerProbes, soundWorkspace } from './layer.probes.mjs';

const PACKAGE = {
  name: 'probes',
  private: true,
  dependencies: { zod: '*', mongoose: '*', kafkajs: '*', '@nestjs/common': '*' },
};

/** Outside the tree, so that an interrupted check leaves the tree as it was. */
function plant(root, files) {
  const directory = mkdtempSync(join(tmpdir(), 'perennial-probes-'));
  process.once('exit', () => rmSync(directory, { recursive: true, force: true }));
  symlinkSync(join(root, 'node_modules'), join(directory, 'node_modules'));
  for (const name of ['tsconfig.base.json', 'tsconfig.sources.json'])
    copyFileSync(join(root, name), join(directory, name));
  writeFileSync(
    join(directory, 'package.json'),
    JSON.stringify({ ...PACKAGE, devDependencies: { 'fast-check': '*' } }),
  );
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(join(directory, dirname(name)), { recursive: true });
    writeFileSync(join(directory, name), text);
  }
  return directory;
}

function cruise(root, files) {
  const directory = plant(root, files);
  const program = join(root, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs');
  const options = ['--config', join(root, '.dependency-cruiser.cjs'), '--output-type', 'json'];
  const folders = [...new Set(Object.keys(files).map((name) => name.split('/')[0]))];
  const run = spawnSync(process.execPath, [program, ...options, ...folders], { cwd: directory, encoding: 'utf8' });
  if (!run.stdout.startsWith('{')) throw new Error(`dependency-cruiser gave no report: ${run.stderr}`);
  const { summary } = JSON.parse(run.stdout);
  if (summary.totalCruised === 0) throw new Error('dependency-cruiser checked no module');
  return summary.violations;
}

const show = ({ rule, from, to }) => `${rule.name}: ${from} → ${to}`;

function probeFailure(probe, violations) {
  const hit = violations.some(
    ({ rule, from, to }) =>
      rule.name === probe.rule && rule.severity === 'error' && (probe.to ? to === probe.to : from === probe.from),
  );
  return hit ? [] : [`${probe.rule} did not report ${probe.from ?? probe.to}`];
}

/** All probes in one run, after the sound workspace alone. Returns what is wrong with the rules. */
export function checkLayers(root, ruleNames) {
  const excess = cruise(root, soundWorkspace).map((violation) => `reported though allowed: ${show(violation)}`);
  const violations = cruise(root, Object.assign({}, soundWorkspace, ...layerProbes.map(({ files }) => files)));
  const probed = new Set(layerProbes.map(({ rule }) => rule));
  const unprobed = ruleNames.filter((name) => !probed.has(name)).map((name) => `the rule ${name} has no probe`);
  const failures = [...excess, ...layerProbes.flatMap((probe) => probeFailure(probe, violations)), ...unprobed];
  return { count: layerProbes.length, failures };
}
