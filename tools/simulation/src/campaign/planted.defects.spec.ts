import '../scheduler/synchronous.zlib';
import { plantedDefects } from '../testing/planted.defects';
import { runScenario } from '../world/run';
import { scenarioOf } from '../world/scenario';
import { shrink } from './shrink.scenario';

/** Seeds that are tried; an ordinary campaign has more. */
const SEEDS = 40;

async function firstFailure(defects: (typeof plantedDefects)[keyof typeof plantedDefects]) {
  for (let seed = 1; seed <= SEEDS; seed++) {
    const result = await runScenario(scenarioOf(seed), { defects });
    if (result.violated.length > 0) return result;
  }
  throw new Error(`not found within ${SEEDS} seeds`);
}

// What takes long is the machine's business; that it ends is what counts.
jest.setTimeout(1_800_000);

describe('a planted defect', () => {
  it('is found, shrunk to a schedule that still fails, and happens again exactly', async () => {
    const defects = plantedDefects['relay marks before it publishes'];
    const found = await firstFailure(defects);
    const small = await shrink(found, { defects });
    expect(small.scenario.faults.length).toBeLessThanOrEqual(found.scenario.faults.length);
    expect(small.violated.some((name) => found.violated.includes(name))).toBe(true);
    const again = await runScenario(small.scenario, { defects });
    expect([again.digest, again.violated]).toEqual([small.digest, small.violated]);
    const sound = await runScenario(small.scenario);
    expect(sound.violated).toEqual([]);
  });

  it.each([
    ['consumer commits before the effect', /liveness|lost|offsets|inbox|order/],
    ['a fourth attempt', /bounded-attempts/],
    ['no mark at all', /./],
  ] as const)('is found: %s', async (name, guarantee) => {
    const { violated } = await firstFailure(plantedDefects[name]);
    expect(violated.join()).toMatch(guarantee);
  });
});
