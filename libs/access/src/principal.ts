import type { Limit } from './token.bucket';
import type { Grants } from './scope';

/** Who asks, as the credential says. */
export interface Principal {
  readonly kind: 'key' | 'token';
  /** Unique among all credentials; holds no secret. */
  readonly id: string;
  /** Goes on record as who decided: the name of the key, or the token's name claim. */
  readonly subject: string;
  readonly grants: Grants;
  /** Of this credential; without it the installation's. */
  readonly limit?: Limit;
}
