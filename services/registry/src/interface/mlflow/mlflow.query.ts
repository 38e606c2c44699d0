import { z } from 'zod';

const name = z.string().min(1).max(256);
const one = <T>(given: T | T[]): T[] => (Array.isArray(given) ? given : [given]);

export const modelQuery = z.object({ name });
export const aliasQuery = z.object({ name, alias: z.string().min(1).max(256) });
export const versionOfModel = z.object({ name, version: z.string().min(1).max(64) });
export const latestQuery = z.object({
  name,
  stages: z
    .union([z.string(), z.array(z.string())])
    .transform(one)
    .default([]),
});

/** The one filter that finds the versions of a model. */
export const searchQuery = z.object({
  filter: z
    .string()
    .regex(/^\s*name\s*=\s*(['"])[^'"]{1,256}\1\s*$/, "must be name='a model': versions are found by nothing else here")
    .transform((filter) => filter.replace(/^[^'"]*['"]|['"]\s*$/g, '')),
});

/** Of a listing: a version's directory. */
export const directoryQuery = z.object({
  path: z
    .string()
    .regex(/^models\/[^/]+\/[^/]+\/?$/, 'must be models/MODEL/VERSION')
    .transform((path) => path.split('/') as [string, string, string]),
});
