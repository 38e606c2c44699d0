import { z } from 'zod';

// Field types that more than one event uses. They are inlined into each published schema:
// changing one here changes every event, and the compatibility check says so.

export const name = z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'lower-case letters, digits and dashes, at most 63');
export const day = z.iso.date().describe('The business day, yyyy-MM-dd');
export const instant = z.iso.datetime({ precision: 3 }).describe('UTC instant with milliseconds');
export const DIGEST = /^sha256:[0-9a-f]{64}$/;
export const digest = z.string().regex(DIGEST, 'sha256: and 64 hexadecimal digits');
export const count = z.int().min(0);
export const share = z.number().min(0).max(1);

/** Where bulk data lies. Events carry references, never the data. */
export const fileReference = z.object({
  store: z.enum(['gridfs', 's3']),
  bucket: z.string().min(1),
  fileId: z.string().min(1),
  digest,
  bytes: count,
  rows: count.optional(),
  mediaType: z.string().min(1),
});

/** A metric with the percentile interval of its bootstrap; null where it is undefined, as ROC-AUC with one class. */
export const interval = z.object({
  value: z.number().nullable(),
  low: z.number().nullable(),
  high: z.number().nullable(),
});

export const metrics = z.object({
  f1: interval,
  accuracy: interval,
  precision: interval,
  recall: interval,
  rocAuc: interval,
  prAuc: interval,
  logLoss: interval,
  brier: interval,
});

export const modelReference = z.object({
  /** Registered version, or null for a candidate that has none yet. */
  version: z.string().nullable(),
  runId: z.string().nullable(),
  artifact: fileReference,
  checkpoint: fileReference.nullable(),
  decisionThreshold: share,
});

export const verdict = z.object({
  metric: z.string(),
  averaging: z.enum(['binary', 'macro', 'micro', 'weighted']),
  threshold: share,
  passed: z.boolean(),
});

export const strategy = z.enum(['train', 'fine-tune', 'fine-tune-search']);
export const severity = z.enum(['info', 'warning', 'error', 'critical']);

export type FileReference = z.infer<typeof fileReference>;
export type Interval = z.infer<typeof interval>;
export type Metrics = z.infer<typeof metrics>;
export type ModelReference = z.infer<typeof modelReference>;
export type Verdict = z.infer<typeof verdict>;
export type Strategy = z.infer<typeof strategy>;
export type Severity = z.infer<typeof severity>;
