import '../scheduler/synchronous.zlib';
import { runScenario } from '../world/run';
import type { Scenario } from '../world/scenario';

process.on('message', (scenario) => {
  runScenario(scenario as Scenario).then(
    (result) => process.send?.(result),
    (error: unknown) => {
      console.error(error);
      process.exit(1);
    },
  );
});
