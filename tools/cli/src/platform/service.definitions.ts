import type { ServiceName } from '@perennial/contracts';
import type { RunningService, ServiceDefinition } from '@perennial/service';

/** A service is loaded only where it is started: the nine take seconds to load. */
const loaders: Readonly<Record<ServiceName, () => Promise<ServiceDefinition>>> = {
  ingestion: async () => (await import('@perennial/ingestion')).ingestionService,
  preprocessing: async () => (await import('@perennial/preprocessing')).preprocessingService,
  'feature-store': async () => (await import('@perennial/feature-store')).featureStoreService,
  evaluator: async () => (await import('@perennial/evaluator')).evaluatorService,
  trainer: async () => (await import('@perennial/trainer')).trainerService,
  registry: async () => (await import('@perennial/registry')).registryService,
  deployer: async () => (await import('@perennial/deployer')).deployerService,
  inference: async () => (await import('@perennial/inference')).inferenceService,
  alerting: async () => (await import('@perennial/alerting')).alertingService,
};

export const loadDefinition = (name: ServiceName): Promise<ServiceDefinition> => loaders[name]();

export async function startNamed(name: ServiceName, env: Record<string, string | undefined>): Promise<RunningService> {
  const { startService } = await import('@perennial/service');
  return startService(await loadDefinition(name), { env });
}
