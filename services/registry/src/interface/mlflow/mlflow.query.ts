import { z } from 'zod';

const name = z.string().min(1).max(256);
const one = <T>(given: T | T[]): T[] => (Array.isArray(given) ? given : [given]);

export const modelQuery = z.object({ name });
export const aliasQuery = z.object({ name, alias: z.string().min(1).max(256) });
/** Python's clients make numbers of what they find by stage: 20260102000000 is 20260102_000000. */
const version = z
  .string()
  .min(1)
  .max(64)
  .transform((text) => text.replace(/^(\d{8})(\d{6})$/, '$1_$2'));

export const versionOfModel = z.object({ name, version });
export const runQuery = z.object({ run_id: z.string().min(1).max(256) });
export const latestQuery = z.object({
  name,
  stages: z
    .union([z.string(), z.array(z.string())])
    .transform(one)
    .default([]),
});

const NAME = /^name\s*=\s*(['"])([^'"]{1,256})\1$/;
/** What clients add to leave prompts out: there are none here. */
const NO_PROMPTS = /^tags?\.`mlflow\.prompt\.is_prompt`\s*!=\s*'true'$/;

/** The model that a filter names; null where it names none. */
const nameIn = z.string().transform((filter, context) => {
  const clauses = filter.split(/\s+and\s+/i).map((clause) => clause.trim());
  const asked = clauses.filter((clause) => clause !== '' && !NO_PROMPTS.test(clause));
  const [, , model = null] = NAME.exec(asked[0] ?? '') ?? [];
  if (asked.length === 0 || (asked.length === 1 && model !== null)) return model;
  context.addIssue({ code: 'custom', message: "must be name='a model', or be left out: nothing else is found by" });
  return z.NEVER;
});

/** Of models and of versions; `page_token` is that of the page before. */
export const searchQuery = z.object({
  filter: nameIn.nullable().default(null),
  max_results: z.coerce.number().int().min(1).max(200_000).default(1_000),
  page_token: z
    .string()
    .regex(/^\d{0,9}$/, 'must be that of the page before')
    .transform(Number)
    .default(0),
});

/** Of a listing: a version's directory, or a file in it. */
export const directoryQuery = z.object({
  path: z
    .string()
    .regex(/^models\/[^/]+\/[^/]+(\/[^/]*)?$/, 'must be models/MODEL/VERSION, or a file below it')
    .transform((path) => path.split('/') as [string, string, string, string?]),
});
