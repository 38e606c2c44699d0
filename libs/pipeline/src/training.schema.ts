import { z } from 'zod';

const positiveInteger = z.int().min(1);

/**
 * Before `train` attempts, not before fine-tuning; Bahri et al., arXiv 2106.15147. Corruption and temperature are what
 * measured better than that paper's 0.6 and 1, see docs/adr/0014.
 */
const pretrainingSchema = z.strictObject({
  epochs: positiveInteger.default(20),
  corruption: z.number().positive().max(1).default(0.3),
  temperature: z.number().positive().default(0.2),
  projection: positiveInteger.default(64),
  batchSize: z.int().min(2).max(2048).default(128),
  learningRate: z.number().positive().default(0.001),
  patience: positiveInteger.nullable().default(3),
});

export const trainingSchema = z.strictObject({
  epochs: positiveInteger.default(10),
  batchSize: positiveInteger.default(32),
  learningRate: z.number().positive().default(0.0003),
  optimizer: z.enum(['sgd', 'adam', 'adamw']).default('adam'),
  momentum: z.number().min(0).lt(1).default(0),
  weightDecay: z.number().min(0).default(0),
  clipNorm: z.number().positive().nullable().default(null),
  schedule: z.enum(['constant', 'linear', 'cosine']).default('constant'),
  warmup: z.number().min(0).lt(1).default(0),
  earlyStopping: z
    .strictObject({
      metric: z.enum(['logLoss', 'rocAuc', 'f1']).default('logLoss'),
      patience: positiveInteger.default(3),
    })
    .nullable()
    .default(null),
  pretraining: pretrainingSchema.nullable().default(null),
  classWeights: z.enum(['balanced', 'none']).default('balanced'),
  seed: z.int().min(0).max(4294967295).default(42),
});
