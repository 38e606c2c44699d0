import { runScenario, type RunOptions, type RunResult } from '../world/run';
import type { Scenario } from '../world/scenario';
import { smallestFailing } from './delta.debugging';

const RUNS = 120;

/** The smallest scenario found that still breaks one of the guarantees that the given run broke, and its run. */
export async function shrink(failed: RunResult, options: RunOptions = {}): Promise<RunResult> {
  let best = failed;
  const fails = async (scenario: Scenario): Promise<boolean> => {
    const result = await runScenario(scenario, options);
    const same = result.violated.some((name) => failed.violated.includes(name));
    if (same) best = result;
    return same;
  };
  for (const size of smallerSizes(failed.scenario)) await fails({ ...best.scenario, size });
  const { scenario } = best;
  await smallestFailing(scenario.faults, (faults) => fails({ ...scenario, faults }), RUNS);
  return best;
}

/** Fewer pipelines and days, each the least that is worth a try given the ones before. */
function smallerSizes({ size: { pipelines, days } }: Scenario) {
  const sizes = [];
  for (let fewer = days - 1; fewer >= 1; fewer--) sizes.push({ pipelines: 1, days: fewer });
  if (pipelines > 1) sizes.unshift({ pipelines: 1, days });
  return sizes;
}
