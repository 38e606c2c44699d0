import { digest, instant } from '@perennial/contracts';
import { z } from 'zod';
import { grantProblem } from './scope';

const grant = z.string().superRefine((text, context) => {
  const message = grantProblem(text);
  if (message) context.addIssue({ code: 'custom', message });
});

const record = z.strictObject({
  id: z.string().regex(/^[0-9a-f]{12}$/, 'must be 12 hexadecimal digits'),
  name: z.string().trim().min(1).max(200),
  digest,
  scopes: z.array(grant).min(1, 'must name at least one'),
  created: instant,
  /** From then on the key is refused; null: never. */
  expires: instant.nullable(),
  revoked: instant.optional(),
  /** The id of the key that this one took over from. */
  replaces: z.string().optional(),
  limit: z.strictObject({ perSecond: z.number().positive(), burst: z.number().min(1) }).optional(),
});

const document = z.strictObject({ version: z.literal(1), keys: z.array(record) }).superRefine(({ keys }, context) => {
  const seen = new Set<string>();
  for (const [index, { id }] of keys.entries()) {
    if (seen.has(id)) context.addIssue({ code: 'custom', path: ['keys', index, 'id'], message: 'must be unique' });
    seen.add(id);
  }
});

/** What is known of a key; never the key itself. */
export type KeyRecord = z.output<typeof record>;
/** The file of keys. */
export type KeyDocument = z.output<typeof document>;

export const emptyKeys: KeyDocument = { version: 1, keys: [] };

/** The file of keys cannot be used: every problem by its place and rule. */
export class KeyDocumentError extends Error {
  readonly code = 'INVALID_KEYS';
  readonly retryable = false;

  constructor(readonly problems: readonly { field: string; rule: string }[]) {
    super(`the keys are not valid\n${problems.map(({ field, rule }) => `  ${field}: ${rule}`).join('\n')}`);
    this.name = 'KeyDocumentError';
  }
}

/** Throws KeyDocumentError. */
export function parseKeys(text: string): KeyDocument {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new KeyDocumentError([{ field: 'file', rule: 'must be JSON' }]);
  }
  const parsed = document.safeParse(json);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(({ path, message }) => ({ field: path.join('.') || 'file', rule: message }));
  throw new KeyDocumentError(problems);
}

/** now: milliseconds since 1970. */
export function stateOf({ expires, revoked }: KeyRecord, now: number): 'valid' | 'expired' | 'revoked' {
  if (revoked !== undefined) return 'revoked';
  return expires !== null && Date.parse(expires) <= now ? 'expired' : 'valid';
}
