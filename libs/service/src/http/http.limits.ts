import { createServer as createHttpServer, type RequestListener, type Server, type ServerOptions } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { TLSSocket } from 'node:tls';
import type { ServerTls } from '../access/tls';

export interface HttpLimits {
  /** Until all headers are there, also those of the first request of a connection; else 408. */
  readonly headersTimeoutMs: number;
  /** Until the whole body is there; else 408. 0: for ever. */
  readonly requestTimeoutMs: number;
  readonly keepAliveTimeoutMs: number;
  /** Connections beyond are closed at once. */
  readonly maxConnections: number;
}

/** How often Node looks for connections that are too slow. */
const checkingIntervalOf = ({ headersTimeoutMs }: HttpLimits): number =>
  Math.min(5_000, Math.max(50, headersTimeoutMs / 4));

/** A server that slow or many clients do not exhaust, with TLS where there is a certificate. */
export function createServer(listener: RequestListener, limits: HttpLimits, tls: ServerTls | undefined): Server {
  const { requestTimeoutMs, headersTimeoutMs } = limits;
  const options: ServerOptions = {
    headersTimeout: requestTimeoutMs === 0 ? headersTimeoutMs : Math.min(headersTimeoutMs, requestTimeoutMs),
    requestTimeout: requestTimeoutMs,
    keepAliveTimeout: limits.keepAliveTimeoutMs,
    connectionsCheckingInterval: checkingIntervalOf(limits),
  };
  const server = tls ? secureServer(options, listener, limits, tls) : createHttpServer(options, listener);
  server.maxConnections = limits.maxConnections;
  return server;
}

function secureServer(options: ServerOptions, listener: RequestListener, limits: HttpLimits, tls: ServerTls): Server {
  const asked = tls.current().ca !== undefined;
  const server = createHttpsServer(
    {
      ...options,
      ...tls.current(),
      minVersion: 'TLSv1.2',
      handshakeTimeout: limits.headersTimeoutMs,
      requestCert: asked,
      rejectUnauthorized: tls.certificates === 'required',
    },
    asked && tls.certificates === 'except-health' ? withCertificate(listener) : listener,
  );
  tls.onChange((material) => server.setSecureContext({ ...material, minVersion: 'TLSv1.2' }));
  return server;
}

const isHealth = (url = ''): boolean => /^\/health(\/[a-z]+)?(\?|$)/.test(url);

/** Probes have no certificate; whatever else they ask is refused. */
const withCertificate =
  (listener: RequestListener): RequestListener =>
  (request, response) => {
    if ((request.socket as TLSSocket).authorized || (request.method === 'GET' && isHealth(request.url))) {
      return listener(request, response);
    }
    const message = 'A client certificate of the expected authority is needed';
    response.writeHead(403, { 'content-type': 'application/json', connection: 'close' });
    response.end(JSON.stringify({ error: { code: 'CLIENT_CERTIFICATE_REQUIRED', message } }));
  };
