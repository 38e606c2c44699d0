import { z } from 'zod';

const percent = z.number().min(0).max(100).multipleOf(0.01);
const seconds = z.number().min(0);
const armName = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'must be lower-case letters, digits and dashes, at most 63');

const canaryStep = z.strictObject({
  weight: percent.gt(0).lt(100),
  seconds: seconds.default(300),
  minimumPredictions: z.int().min(0).default(100),
});

const CANARY_WEIGHTS = [5, 25, 50];

const guardrails = z.strictObject({
  errorShare: z.number().min(0).max(1).nullable().default(0.01),
  p99Ratio: z.number().min(1).nullable().default(2),
  scoreDistance: z.number().positive().nullable().default(0.25),
  f1Drop: z.number().min(0).max(1).nullable().default(0.05),
  minimumLabels: z.int().min(1).default(200),
});

/** How the traffic of a pipeline gets from the version that serves to an approved one. */
export const rolloutSchema = z.strictObject({
  strategy: z.enum(['all-at-once', 'blue-green', 'canary', 'ab', 'shadow']).default('all-at-once'),
  timeoutSeconds: z.number().positive().default(60),
  stickyBy: z.array(z.string().min(1)).default([]),
  canary: z
    .strictObject({
      steps: z
        .array(canaryStep)
        .min(1)
        .max(20)
        .prefault(CANARY_WEIGHTS.map((weight) => ({ weight }))),
    })
    .prefault({}),
  blueGreen: z.strictObject({ holdSeconds: seconds.default(300) }).prefault({}),
  ab: z
    .strictObject({
      control: armName.default('control'),
      treatment: armName.default('treatment'),
      weight: percent.default(50),
    })
    .prefault({}),
  guardrails: guardrails.prefault({}),
});

export type RolloutDeclaration = z.output<typeof rolloutSchema>;
