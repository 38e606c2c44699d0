import { grantText, type Scope } from './scope';

interface AccessErrorOptions {
  /** Value of WWW-Authenticate. */
  readonly challenge?: string;
  /** Whole seconds until the same request may succeed. */
  readonly retryAfter?: number;
  readonly details?: Readonly<Record<string, unknown>>;
  readonly cause?: unknown;
}

/** A request is refused because of who asks, or how often. Never quotes a credential. */
export class AccessError extends Error {
  readonly retryable: boolean;
  readonly challenge?: string;
  readonly retryAfter?: number;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(
    readonly code: string,
    readonly status: 401 | 403 | 429 | 503,
    message: string,
    options: AccessErrorOptions = {},
  ) {
    super(message, { cause: options.cause });
    this.name = 'AccessError';
    this.retryable = status === 429 || status === 503;
    this.challenge = options.challenge;
    this.retryAfter = options.retryAfter;
    this.details = options.details ?? {};
  }
}

const realm = 'Bearer realm="perennial"';
const how = 'give an API key or a token as `Authorization: Bearer …`';

/** Nothing was given (RFC 6750, 3: the challenge then holds no error). */
export const unauthenticated = (): AccessError =>
  new AccessError('UNAUTHENTICATED', 401, `No credential was given; ${how}`, { challenge: realm });

/** What was given is not valid; `reason` is plain text without quotes. */
export const refusal = (reason: string, cause?: unknown): AccessError =>
  new AccessError('INVALID_CREDENTIAL', 401, `The credential is refused: ${reason}`, {
    challenge: `${realm}, error="invalid_token", error_description="${reason}"`,
    cause,
  });

export function forbidden(scope: Scope, pipeline: string | undefined, subject: string): AccessError {
  const needed = grantText(scope, pipeline);
  return new AccessError('FORBIDDEN', 403, `${subject} lacks the scope ${needed}`, {
    challenge: `${realm}, error="insufficient_scope", scope="${needed}"`,
    details: { field: 'scope', value: subject, rule: `must hold ${needed}`, scope: needed },
  });
}
