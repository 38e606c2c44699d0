import { Metadata, ServerInterceptingCall, type ServerInterceptor, status } from '@grpc/grpc-js';
import { AccessError, credentialOf, type Principal } from '@perennial/access';
import { type AccessTable, type CallGuard, needOf, type RouteNeed } from '@perennial/service';

const STATUS: Readonly<Record<number, status>> = {
  401: status.UNAUTHENTICATED,
  403: status.PERMISSION_DENIED,
  429: status.RESOURCE_EXHAUSTED,
  503: status.UNAVAILABLE,
};

function statusOf(error: unknown) {
  if (!(error instanceof AccessError)) return { code: status.INTERNAL, details: 'The call failed' };
  const metadata = new Metadata();
  if (error.challenge !== undefined) metadata.set('www-authenticate', error.challenge);
  if (error.retryAfter !== undefined) metadata.set('retry-after', String(error.retryAfter));
  return { code: STATUS[error.status] ?? status.PERMISSION_DENIED, details: error.message, metadata };
}

const textOf = (metadata: Metadata, name: string): string | undefined => metadata.get(name)[0]?.toString();
const credentialIn = (metadata: Metadata) =>
  credentialOf(textOf(metadata, 'authorization'), textOf(metadata, 'x-api-key'));

/** Asks every call who it is and whether it may; messages tell which model they are about. */
export function accessInterceptor(guard: CallGuard, table: AccessTable): ServerInterceptor {
  const needs = new Map<string, RouteNeed>();
  return ({ path }, call) => {
    const need = needs.get(path) ?? needOf(table, 'GRPC', path);
    needs.set(path, need);
    if (need === 'open') return new ServerInterceptingCall(call);
    let asks: Principal | undefined;
    let messages = 0;
    const refuse = (error: unknown) => {
      guard.refused(error);
      call.sendStatus(statusOf(error));
    };
    return new ServerInterceptingCall(call, {
      start: (next) =>
        next({
          onReceiveMetadata: (metadata, forward) =>
            guard.enter(
              () => credentialIn(metadata),
              need,
              {},
              (principal) => {
                asks = principal;
                forward(metadata);
              },
              refuse,
            ),
          onReceiveMessage: (message, forward) => {
            try {
              // The first one was counted with the call.
              if ((messages += 1) > 1) guard.again(asks as Principal);
              guard.authorize(asks as Principal, need, { body: message as object });
            } catch (error) {
              return refuse(error);
            }
            forward(message);
          },
        }),
    });
  };
}
