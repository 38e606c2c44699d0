import type { ServiceName } from '@perennial/contracts';

/** Their work comes in bulk, and nobody waits for an answer. */
const bulky: ReadonlySet<ServiceName> = new Set(['ingestion', 'preprocessing', 'evaluator', 'trainer']);
const USUAL_NICENESS = 5;

/** By how many steps a service yields the processor to those who answer clients. @throws RangeError */
export function nicenessOf(name: ServiceName, { PERENNIAL_NICENESS: text }: NodeJS.ProcessEnv): number {
  if (!bulky.has(name)) return 0;
  const steps = text === undefined || text === '' ? USUAL_NICENESS : Number(text);
  if (Number.isInteger(steps) && steps >= 0 && steps <= 19) return steps;
  throw new RangeError(`PERENNIAL_NICENESS ${text}: must be a whole number from 0 to 19`);
}

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
  '/api/v1/labels': 'inference',
  '/api/v1/alerts': 'alerting',
};
