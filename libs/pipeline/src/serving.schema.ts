import { z } from 'zod';
import { scalar } from './scalar.schema';

const column = z.string().min(1);

/** Where the features of a request come from that carries only the keys of its entities. */
export const enrichmentSchema = z.strictObject({
  source: z.enum(['feature-store', 'feast']).default('feature-store'),
  entities: z.array(column).min(1).max(10),
  featureService: z.string().min(1).nullable().default(null),
  features: z.record(column, z.string().min(1)).nullable().default(null),
  maxAgeSeconds: z.number().positive().nullable().default(null),
  missing: z.enum(['refuse', 'null']).default('refuse'),
  defaults: z.record(column, scalar).default({}),
  stale: z.enum(['refuse', 'use', 'null']).default('refuse'),
  unavailable: z.enum(['refuse', 'missing']).default('refuse'),
  timeoutMs: z.int().min(1).max(60_000).default(250),
  cache: z
    .strictObject({
      seconds: z.number().min(0).default(60),
      entries: z.int().min(1).max(10_000_000).default(10_000),
    })
    .prefault({}),
});

/** Answers that are kept for rows that come again. */
export const responseCacheSchema = z.strictObject({
  entries: z.int().min(1).max(10_000_000).default(10_000),
  seconds: z.number().positive().default(60),
});

export const servingSchema = z.strictObject({
  unknownCategory: z.enum(['map', 'refuse']).default('map'),
  enrichment: enrichmentSchema.nullable().default(null),
  responseCache: responseCacheSchema.nullable().default(null),
  loggedInputs: z.enum(['digest', 'values']).default('digest'),
});

export type EnrichmentDeclaration = z.output<typeof enrichmentSchema>;
