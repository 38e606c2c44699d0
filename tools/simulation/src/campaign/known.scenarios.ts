import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { FAULTY_MS, type Scenario } from '../world/scenario';

const FOLDER = join(__dirname, '..', '..', 'scenarios');

/** Scenarios that once broke a guarantee, shrunk: they are run every time. */
export const knownScenarios = (): { name: string; scenario: Scenario }[] =>
  readdirSync(FOLDER)
    .filter((file) => file.endsWith('.json'))
    .sort()
    .map((name) => ({ name, scenario: readScenario(join(FOLDER, name)) }));

/** Throws where the file is no scenario. */
export function readScenario(file: string): Scenario {
  const scenario = JSON.parse(readFileSync(file, 'utf8')) as Scenario;
  const { seed, size, pace, faults } = scenario;
  const numbers = [size?.pipelines, size?.days, pace?.pollMs, pace?.epochMs];
  if (Number.isInteger(seed) && numbers.every((each) => Number(each) > 0) && Array.isArray(faults)) return scenario;
  const rule = `must hold seed, size (pipelines, days), pace (pollMs, epochMs) and faults, those within ${FAULTY_MS} ms`;
  throw new TypeError(`${file} ${rule}`);
}
