import { forbidden, refusal, unauthenticated } from './access.error';
import type { KeyRing } from './key.ring';
import type { Principal } from './principal';
import { RateLimits } from './rate.limits';
import type { Scope } from './scope';
import type { Limit } from './token.bucket';

/** Tells who holds a token; at once where it was verified before. Throws or rejects with AccessError 401 or 503. */
export interface TokenVerifier {
  verify(token: string, now: number): Principal | Promise<Principal>;
}

export interface AccessOptions {
  /** The keys as they are now; none are accepted when absent. */
  readonly keys?: () => KeyRing;
  readonly tokens?: TokenVerifier;
  /** Of credentials without a limit of their own. */
  readonly limit?: Limit;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Milliseconds that never go back. */
  readonly elapsed: () => number;
}

export type AccessAnswer = Principal | Promise<Principal>;

/** Who asks, whether that one may, and not too often. */
export class AccessControl {
  private readonly limits: RateLimits;

  constructor(private readonly options: AccessOptions) {
    this.limits = new RateLimits(options.limit);
  }

  /** A promise only for a token that was not seen before. Throws or rejects with AccessError 401, 429 or 503. */
  enter(credential: string | undefined): AccessAnswer {
    if (credential === undefined) throw unauthenticated();
    const { keys, tokens, now } = this.options;
    if (credential.startsWith('pk_')) {
      if (!keys) throw refusal('API keys are not accepted here');
      return this.admitted(keys().authenticate(credential, now()));
    }
    if (!tokens) throw refusal('only API keys are accepted here');
    const answer = tokens.verify(credential, now());
    return answer instanceof Promise ? answer.then((principal) => this.admitted(principal)) : this.admitted(answer);
  }

  /** Counts a request of somebody who is known. Throws AccessError 429. */
  admit(principal: Principal): void {
    this.limits.admit(principal, this.options.elapsed());
  }

  private admitted(principal: Principal): Principal {
    this.admit(principal);
    return principal;
  }

  /** pipeline: what is asked about; undefined where that is everything, or not yet known. Throws AccessError 403. */
  authorize({ grants, subject }: Principal, scope: Scope, pipeline: string | undefined): void {
    const allowed = pipeline === undefined ? grants.allowsAll(scope) : grants.allows(scope, pipeline);
    if (!allowed) throw forbidden(scope, pipeline, subject);
  }
}
