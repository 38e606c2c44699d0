import type { IncomingHttpHeaders, IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { HttpException } from '@nestjs/common';
import { AccessError, type Principal } from '@perennial/access';
import type { FastifyInstance, onRequestHookHandler } from 'fastify';
import type { RouteNeed } from '../access/access.table';
import { type CallGuard, isInBody } from '../access/call.guard';
import { credentialIn, refusalAnswer } from '../access/http.access';
import type { Logger } from '../logger';
import { failureAnswer } from './error.filter';

/** All that the handler of a direct route may use of its request. */
export interface DirectRequest {
  readonly params: Readonly<Record<string, string>>;
  readonly headers: IncomingHttpHeaders;
  readonly body: unknown;
}

export interface DirectReply {
  header(name: string, value: string): unknown;
}

export type DirectHandler = (request: DirectRequest, reply: DirectReply) => Promise<object>;

export interface DirectChecks {
  /** Throws what is refused before the body is read, whichever way the request goes. */
  beforeBody?(request: Pick<DirectRequest, 'params'>, reply: DirectReply): void;
}

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Given by directRoute. */
    direct?: DirectChecks;
  }
}

/** Options of a route whose handler is a DirectHandler. */
export const directRoute = ({ beforeBody }: DirectChecks = {}): {
  config: object;
  onRequest?: onRequestHookHandler;
} => ({
  config: { direct: { beforeBody } },
  ...(beforeBody && { onRequest: hookOf(beforeBody) }),
});

/** The same check for what goes the framework's way, after its own of access and rate. */
const hookOf =
  (check: NonNullable<DirectChecks['beforeBody']>): onRequestHookHandler =>
  (request, reply, done) => {
    try {
      check({ params: request.params as DirectRequest['params'] }, reply);
      done();
    } catch (error) {
      done(error as Error);
    }
  };

export interface DirectOptions {
  /** Bytes. */
  readonly bodyLimit: number;
  /** Undefined where anybody may ask. */
  readonly guard?: CallGuard;
  readonly logger: Pick<Logger, 'error'>;
}

interface DirectRoute extends DirectChecks {
  readonly handler: DirectHandler;
  /** Null where nothing is asked. */
  readonly need: Exclude<RouteNeed, 'open'> | null;
}

type JsonParser = (request: unknown, body: string, done: (error: Error | null, body?: unknown) => void) => void;

const JSON_TYPE = 'application/json; charset=utf-8';
const DIGITS = /^[1-9]\d{0,9}$/;

/**
 * Answers plain requests of marked routes without the framework, which costs more than a small prediction: POST of JSON
 * whose length is known, to a path without parameters and query. Whatever else comes goes the framework's way, and both
 * ways give the same answers.
 */
export class DirectRoutes {
  private readonly routes = new Map<string, DirectRoute>();
  private parse: JsonParser | undefined;

  constructor(private readonly options: DirectOptions) {}

  /** Learns the routes that are registered from now on. */
  watch(server: FastifyInstance): void {
    // What the framework refuses in JSON, such as __proto__, is refused here, too.
    this.parse = server.getDefaultJsonParser('error', 'error') as unknown as JsonParser;
    server.addHook('onRoute', ({ method, url, config, handler }) => {
      if (!config?.direct || method !== 'POST' || url.includes(':')) return;
      const { access = { scope: 'admin' } } = config;
      const need = this.options.guard === undefined || access === 'open' ? null : access;
      this.routes.set(url, { handler: handler as unknown as DirectHandler, need, ...config.direct });
    });
  }

  before(listener: RequestListener): RequestListener {
    return (request, response) => {
      const route = request.method === 'POST' ? this.routes.get(request.url as string) : undefined;
      if (route !== undefined && this.isPlain(request.headers)) this.enter(route, request, response);
      else listener(request, response);
    };
  }

  private isPlain(headers: IncomingHttpHeaders): boolean {
    const type = headers['content-type'];
    const length = headers['content-length'];
    return (
      (type === 'application/json' || type === JSON_TYPE) &&
      length !== undefined &&
      DIGITS.test(length) &&
      Number(length) <= this.options.bodyLimit &&
      headers['content-encoding'] === undefined &&
      headers['transfer-encoding'] === undefined
    );
  }

  /** Before the body is read. */
  private enter(route: DirectRoute, request: IncomingMessage, response: ServerResponse): void {
    const { guard } = this.options;
    if (!guard || !route.need) return this.receive(route, null, request, response);
    guard.enter(
      () => credentialIn(request),
      route.need,
      {},
      (principal) => this.receive(route, principal, request, response),
      (error) => this.fail(response, error, {}),
    );
  }

  private receive(
    route: DirectRoute,
    principal: Principal | null,
    request: IncomingMessage,
    response: ServerResponse,
  ): void {
    const headers: Record<string, string> = {};
    try {
      route.beforeBody?.({ params: {} }, { header: (name, value) => (headers[name] = value) });
    } catch (error) {
      return this.fail(response, error, headers);
    }
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const text = (parts.length === 1 ? (parts[0] as Buffer) : Buffer.concat(parts)).toString();
      this.parse?.(request, text, (error, body) => {
        // As the framework hands it on to the filter of errors.
        if (error) this.fail(response, new HttpException(error.message, 400), {});
        else void this.answer(route, principal, { params: {}, headers: request.headers, body }, response);
      });
    });
  }

  /** Never rejects. */
  private async answer(
    { handler, need }: DirectRoute,
    principal: Principal | null,
    request: DirectRequest,
    response: ServerResponse,
  ): Promise<void> {
    const headers: Record<string, string> = {};
    try {
      if (principal && need?.of?.some(isInBody)) this.options.guard?.authorize(principal, need, request);
      send(response, 200, headers, await handler(request, { header: (name, value) => (headers[name] = value) }));
    } catch (error) {
      this.fail(response, error, headers);
    }
  }

  private fail(response: ServerResponse, error: unknown, headers: Record<string, string>): void {
    if (response.headersSent) return void response.destroy();
    if (error instanceof AccessError) {
      this.options.guard?.refused(error);
      const refused = refusalAnswer(error);
      return send(response, refused.status, refused.headers, refused.answer);
    }
    const { status, answer } = failureAnswer(error, this.options.logger);
    send(response, status, headers, answer);
  }
}

function send(response: ServerResponse, status: number, headers: Record<string, string>, answer: object): void {
  const text = JSON.stringify(answer);
  response.writeHead(status, { 'content-type': JSON_TYPE, 'content-length': Buffer.byteLength(text), ...headers });
  response.end(text);
}
