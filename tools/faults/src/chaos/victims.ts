/** Services of the platform, in the order of a day's way through them. */
export const victims = [
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

export type Victim = (typeof victims)[number];
