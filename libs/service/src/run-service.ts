import { environment } from './config/environment.config';
import type { ServiceDefinition } from './service-definition';
import { startService } from './start-service';
import { stopTelemetry } from './telemetry';

/** Entry point of a service that has a process of its own: exits 1 when it cannot start, stops cleanly on a signal. */
export async function runService<C>(definition: ServiceDefinition<C>): Promise<void> {
  try {
    const service = await startService(definition, { env: environment });
    const stop = async (): Promise<void> => {
      await service.close();
      await stopTelemetry();
      process.exit(0);
    };
    process.once('SIGTERM', () => void stop());
    process.once('SIGINT', () => void stop());
    process.send?.({ ready: service.url });
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(1);
  }
}
