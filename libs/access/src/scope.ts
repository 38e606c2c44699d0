import { name } from '@perennial/contracts';

/** What a credential may be given. `admin` is all of them, for every pipeline. */
export const scopes = [
  'predict',
  'labels',
  'data:read',
  'data:write',
  'models:read',
  'models:write',
  'alerts:write',
  'metrics',
  'admin',
] as const;

export type Scope = (typeof scopes)[number];

/** These are about the whole installation. */
const undivided: ReadonlySet<Scope> = new Set(['alerts:write', 'metrics', 'admin']);

export const isScope = (text: string): text is Scope => (scopes as readonly string[]).includes(text);

interface Grant {
  readonly scope: Scope;
  /** For every pipeline when absent. */
  readonly pipeline?: string;
}

/** `predict`, or `predict@credit-default` for one pipeline (or, for data, one dataset); undefined for anything else. */
function parseGrant(text: string): Grant | undefined {
  const [scope = '', pipeline, ...more] = text.split('@');
  if (!isScope(scope) || more.length > 0) return undefined;
  if (pipeline === undefined) return { scope };
  return !undivided.has(scope) && name.safeParse(pipeline).success ? { scope, pipeline } : undefined;
}

/** Why a text is no grant; undefined when it is one. */
export const grantProblem = (text: string): string | undefined =>
  parseGrant(text) ? undefined : `must be one of ${scopes.join(', ')}, or SCOPE@PIPELINE for one pipeline`;

/** What a credential may do. */
export class Grants {
  private readonly everywhere = new Set<Scope>();
  private readonly within = new Map<Scope, Set<string>>();

  constructor(grants: readonly Grant[]) {
    for (const { scope, pipeline } of grants) {
      if (pipeline === undefined) this.everywhere.add(scope);
      else this.within.set(scope, (this.within.get(scope) ?? new Set()).add(pipeline));
    }
  }

  /** For every pipeline. */
  allowsAll(scope: Scope): boolean {
    return this.everywhere.has(scope) || this.everywhere.has('admin');
  }

  allows(scope: Scope, pipeline: string): boolean {
    return this.allowsAll(scope) || (this.within.get(scope)?.has(pipeline) ?? false);
  }

  /** For some pipeline: whether it is the right one shows later. */
  allowsSome(scope: Scope): boolean {
    return this.allowsAll(scope) || this.within.has(scope);
  }
}

/** Texts that are no grants give nothing: a token's issuer has scopes of its own beside ours. */
export const grantsOf = (texts: readonly string[]): Grants =>
  new Grants(texts.flatMap((text) => parseGrant(text) ?? []));

export const grantText = (scope: Scope, pipeline?: string): string =>
  pipeline === undefined ? scope : `${scope}@${pipeline}`;
