import type { ServiceName } from '@perennial/contracts';

/** Their work comes in bulk, and nobody waits for an answer: they yield the processor to those who answer clients. */
export const yielding: ReadonlySet<ServiceName> = new Set(['ingestion', 'preprocessing', 'evaluator', 'trainer']);

/** Ports that clients know by heart; the other services take any. */
export const preferredPorts = {
  gateway: 8088,
  grpc: 9000,
  services: { inference: 8080, registry: 5000, 'feature-store': 6566 } as Partial<Record<ServiceName, number>>,
  others: 8101,
} as const;

/** What the gateway forwards, by the first match of the path. */
export const routes: Readonly<Record<string, ServiceName>> = {
  '/api/v1/datasets': 'ingestion',
  '/api/v1/preprocessing': 'preprocessing',
  '/api/v1/features': 'feature-store',
  '/api/v1/cycles': 'evaluator',
  '/api/v1/pipelines': 'evaluator',
  '/api/v1/runs': 'trainer',
  '/api/v1/models': 'registry',
  '/api/v1/deployments': 'deployer',
  '/api/v1/predictions': 'inference',
  '/api/v1/alerts': 'alerting',
};
