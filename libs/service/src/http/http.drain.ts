import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** A connection that asked within this time may ask again at any moment. */
const LIVELY_MS = 500;
const LOOK_MS = 20;

/**
 * Lets clients go before the server closes. A server that closes a connection cannot know whether a request is on its way
 * (RFC 9112, 9.6); a client that was told so with its last answer sends none. So for a while every answer says
 * `Connection: close`, until nobody who asked lately is connected, and new connections are still taken.
 */
export class HttpDrain {
  private readonly lastAsked = new Map<Socket, number>();
  private draining = false;

  constructor(private readonly now: () => number = () => performance.now()) {}

  /** Before the server listens. First of all listeners: others may answer at once. */
  watch(server: Server): void {
    server.prependListener('request', ({ socket }: IncomingMessage, response: ServerResponse) => {
      if (!this.lastAsked.has(socket)) socket.once('close', () => this.lastAsked.delete(socket));
      this.lastAsked.set(socket, this.now());
      if (this.draining) response.setHeader('connection', 'close');
    });
  }

  /** Resolves when those who asked lately are gone, at the latest after the limit. */
  async run(limitMs: number): Promise<void> {
    this.draining = true;
    const end = this.now() + limitMs;
    while (this.now() < end && this.lively()) await sleep(Math.min(LOOK_MS, Math.max(1, end - this.now())));
  }

  private lively(): boolean {
    const since = this.now() - LIVELY_MS;
    for (const asked of this.lastAsked.values()) if (asked > since) return true;
    return false;
  }
}
