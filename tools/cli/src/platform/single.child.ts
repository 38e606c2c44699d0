import { readFileSync } from 'node:fs';
import { serviceNames } from '@perennial/contracts';
import { type RunningService, stopTelemetry } from '@perennial/service';
import { startFailure } from '../output/log.lines';
import { startGateway } from './gateway';
import { platformPlan } from './platform.plan';
import { startNamed } from './service.definitions';
import { serviceEnvironment } from './service.environment';

/** Every service and the gateway in this process. Argument: the plan's file. */
async function main(planFile: string): Promise<void> {
  const plan = platformPlan.parse(JSON.parse(readFileSync(planFile, 'utf8')));
  const running: RunningService[] = [];
  // One process has one tracer: its spans are told apart by consumer group, not by service name.
  const environment = { OTEL_SERVICE_NAME: 'perennial', ...process.env };
  const gateway = await startGateway(plan);
  const stop = async (): Promise<void> => {
    await gateway.close();
    await Promise.allSettled(running.map((service) => service.close()));
    await stopTelemetry();
    process.exit(0);
  };
  process.once('SIGTERM', () => void stop());
  await Promise.all(
    serviceNames.map(async (name) => {
      try {
        running.push(await startNamed(name, serviceEnvironment(plan, name, environment)));
      } catch (error) {
        throw new Error(startFailure(name, (error as Error).message), { cause: error });
      }
    }),
  );
}

main(process.argv[2] as string).catch((error: Error) => {
  // The message last: the end of the log is what a person is shown.
  console.error(error.cause ?? error);
  console.error(error.cause ? error.message : startFailure('platform', error.message));
  process.exit(1);
});
