import { readFileSync } from 'node:fs';
import { startGateway } from './gateway';
import { platformPlan } from './platform.plan';

/** The gateway in a process of its own. Argument: the plan's file. */
async function main(planFile: string): Promise<void> {
  const gateway = await startGateway(platformPlan.parse(JSON.parse(readFileSync(planFile, 'utf8'))));
  const stop = (): void => void gateway.close().then(() => process.exit(0));
  process.once('SIGTERM', stop);
  process.once('disconnect', stop);
  process.send?.('ready');
}

main(process.argv[2] as string).catch((error: Error) => {
  console.error(error);
  process.exit(1);
});
