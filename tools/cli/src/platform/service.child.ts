import { readFileSync } from 'node:fs';
import type { ServiceName } from '@perennial/contracts';
import { yieldSession } from '@perennial/compute-thread';
import { startFailure } from '../output/log.lines';
import { platformPlan } from './platform.plan';
import { startNamed } from './service.definitions';
import { serviceEnvironment } from './service.environment';
import { nicenessOf } from './service.placement';

/** One service in this process. Arguments: the plan's file, the service's name. Says `ready` to its parent. */
async function main(planFile: string, name: ServiceName): Promise<void> {
  const niceness = nicenessOf(name, process.env);
  if (niceness > 0) yieldSession(niceness);
  const plan = platformPlan.parse(JSON.parse(readFileSync(planFile, 'utf8')));
  const service = await startNamed(name, serviceEnvironment(plan, name, process.env));
  let stopping = false;
  const stop = async (): Promise<void> => {
    if (stopping) return;
    stopping = true;
    await service.close();
    process.exit(0);
  };
  process.once('SIGTERM', () => void stop());
  // Without its supervisor nobody would ever stop it.
  process.once('disconnect', () => void stop());
  process.send?.('ready');
  if (process.send && !process.connected) await stop();
}

main(process.argv[2] as string, process.argv[3] as ServiceName).catch((error: Error) => {
  console.error(error);
  console.error(startFailure(process.argv[3] as string, error.message));
  process.exit(1);
});
