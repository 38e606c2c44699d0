import { type AccessControl, AccessError, forbidden, type Principal } from '@perennial/access';
import type { RouteNeed } from './access.table';
import { askedPipeline, type AskedRequest } from './asked.pipeline';

type Need = Exclude<RouteNeed, 'open'>;

export interface CallGuardOptions {
  readonly control: AccessControl;
  /** The single pipeline, where there is one: what requests that name none are about. */
  readonly onlyPipeline?: string;
  onRefused(error: AccessError): void;
}

export const isInBody = (place: string): boolean => place.startsWith('body:');

/** Decides about requests of any protocol: who asks, and whether that one may. */
export class CallGuard {
  constructor(private readonly options: CallGuardOptions) {}

  /**
   * Before the body is there. Goes on at once, unless a token was not seen before: callers pay for a promise only then.
   * `stop` is given an AccessError, or what went wrong otherwise.
   */
  enter(
    credential: () => string | undefined,
    need: Need,
    request: AskedRequest,
    goOn: (principal: Principal) => void,
    stop: (error: unknown) => void,
  ): void {
    const decide = (principal: Principal) => {
      try {
        if (!need.of?.some(isInBody)) this.authorize(principal, need, request);
        else if (!principal.grants.allowsSome(need.scope)) throw forbidden(need.scope, undefined, principal.subject);
      } catch (error) {
        return stop(error);
      }
      goOn(principal);
    };
    let answer;
    try {
      answer = this.options.control.enter(credential());
    } catch (error) {
      return stop(error);
    }
    if (answer instanceof Promise) void answer.then(decide, stop);
    else decide(answer);
  }

  /** With the body, where the pipeline may stand in it. Throws AccessError 403. */
  authorize(principal: Principal, { scope, of = [] }: Need, request: AskedRequest): void {
    const { control, onlyPipeline } = this.options;
    if (principal.grants.allowsAll(scope)) return;
    control.authorize(principal, scope, of.length === 0 ? undefined : askedPipeline(request, of, onlyPipeline));
  }

  /** One more request by somebody who was let in. Throws AccessError 429. */
  again(principal: Principal): void {
    this.options.control.admit(principal);
  }

  refused(error: unknown): void {
    if (error instanceof AccessError) this.options.onRefused(error);
  }
}
