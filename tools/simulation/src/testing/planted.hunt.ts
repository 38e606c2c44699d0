// Process entry: looks for a planted defect in one seed after the other, shrinks the first schedule that shows it, and
// runs that once more with the defect and once without. The outcome is one line of JSON on standard output.
import '../scheduler/synchronous.zlib';
import { shrink } from '../campaign/shrink.scenario';
import { runScenario, type RunResult } from '../world/run';
import { scenarioOf } from '../world/scenario';
import { plantedDefects } from './planted.defects';

type Seen = Pick<RunResult, 'scenario' | 'violated' | 'digest'>;

/** Null when no seed shows the defect. */
export type Hunt = Readonly<Record<'found' | 'small' | 'again' | 'sound', Seen>> | null;

const seen = ({ scenario, violated, digest }: RunResult): Seen => ({ scenario, violated, digest });

async function hunt(name: keyof typeof plantedDefects, seeds: number): Promise<Hunt> {
  const defects = plantedDefects[name];
  for (let seed = 1; seed <= seeds; seed++) {
    const found = await runScenario(scenarioOf(seed), { defects });
    if (found.violated.length === 0) continue;
    const small = await shrink(found, { defects });
    const again = await runScenario(small.scenario, { defects });
    const sound = await runScenario(small.scenario);
    return { found: seen(found), small: seen(small), again: seen(again), sound: seen(sound) };
  }
  return null;
}

const [name, seeds] = process.argv.slice(2);
void hunt(name as keyof typeof plantedDefects, Number(seeds)).then((outcome) => {
  process.stdout.write(JSON.stringify(outcome), () => process.exit(0));
});
