import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { plantedDefects } from '../testing/planted.defects';
import type { Hunt } from '../testing/planted.hunt';

/** Seeds that are tried; an ordinary campaign has more. */
const SEEDS = 40;

// The compiled program, as campaigns run it: in a realm of jest's, many runs one after another take several times as long.
const program = join(__dirname, '..', '..', 'dist', 'testing', 'planted.hunt.js');

async function hunt(name: keyof typeof plantedDefects): Promise<NonNullable<Hunt>> {
  const { stdout } = await promisify(execFile)(process.execPath, [program, name, String(SEEDS)]);
  const found = JSON.parse(stdout) as Hunt;
  if (!found) throw new Error(`not found within ${SEEDS} seeds`);
  return found;
}

// What takes long is the machine's business; that it ends is what counts.
jest.setTimeout(1_800_000);

describe('a planted defect', () => {
  it.concurrent.each([
    ['marks before the work', /./],
    ['relay marks before it publishes', /./],
    ['consumer commits before the effect', /liveness|lost|offsets|inbox|order/],
    ['a fourth attempt', /bounded-attempts/],
    ['no mark at all', /./],
  ] as const)(
    'is found, shrunk to a schedule that still fails, and happens again exactly: %s',
    async (name, guarantee) => {
      const { found, small, again, sound } = await hunt(name);
      expect(found.violated.join()).toMatch(guarantee);
      expect(small.scenario.faults.length).toBeLessThanOrEqual(found.scenario.faults.length);
      expect(small.violated.some((each) => found.violated.includes(each))).toBe(true);
      expect([again.digest, again.violated]).toEqual([small.digest, small.violated]);
      expect(sound.violated).toEqual([]);
    },
  );
});
