import { z } from 'zod';

const spool = {
  OBJECT_SPOOL_DIRECTORY: z
    .string()
    .min(1)
    .optional()
    .describe('Where streams wait for their digest; default: the temporary directory'),
};

const gridfs = z.object({ OBJECT_STORE: z.literal('gridfs'), ...spool });

const s3 = z
  .object({
    OBJECT_STORE: z.literal('s3'),
    S3_ENDPOINT: z
      .url({ protocol: /^https?$/ })
      .optional()
      .describe('Of an S3-compatible store; default: Amazon S3 in S3_REGION'),
    S3_REGION: z.string().min(1).default('us-east-1'),
    S3_BUCKET_PREFIX: z
      .string()
      .regex(/^([a-z0-9][a-z0-9.-]{0,39})?$/, 'lower-case letters, digits, dots and dashes, at most 40')
      .default('perennial-'),
    S3_ACCESS_KEY_ID: z
      .string()
      .min(1)
      .optional()
      .describe('Default: the credentials of the environment, profile or machine'),
    S3_SECRET_ACCESS_KEY: z.string().min(1).optional(),
    S3_FORCE_PATH_STYLE: z.stringbool().default(false).describe('true for most stores other than Amazon S3'),
    S3_CREATE_BUCKETS: z.stringbool().default(true),
    ...spool,
  })
  .refine((c) => (c.S3_ACCESS_KEY_ID === undefined) === (c.S3_SECRET_ACCESS_KEY === undefined), {
    path: ['S3_SECRET_ACCESS_KEY'],
    message: 'S3_ACCESS_KEY_ID and S3_SECRET_ACCESS_KEY are set together or not at all',
  });

/** Environment variables that choose the store; OBJECT_STORE is gridfs when unset. */
export const objectStoreConfig = z.preprocess(
  (env) => ({ OBJECT_STORE: 'gridfs', ...dropUndefined(env as object) }),
  z.discriminatedUnion('OBJECT_STORE', [gridfs, s3]),
);

export type ObjectStoreConfig = z.output<typeof objectStoreConfig>;
export type S3Config = z.output<typeof s3>;

function dropUndefined(env: object): object {
  return Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined));
}
