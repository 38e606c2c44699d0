/** The services of the platform, in the order of a day's way through them. */
export const serviceNames = [
  'ingestion',
  'preprocessing',
  'feature-store',
  'evaluator',
  'trainer',
  'registry',
  'deployer',
  'inference',
  'alerting',
] as const;

export type ServiceName = (typeof serviceNames)[number];
