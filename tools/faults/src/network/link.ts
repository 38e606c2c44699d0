import type { Socket } from 'node:net';
import { isFair, type Passage, passageOf, type Weather } from './weather';

/** What may be under way before the sender is held back. */
const windowBytes = 1024 * 1024;

export interface LinkOptions {
  weather(): Weather;
  /** In [0, 1). */
  uniform(): number;
  onClosed(): void;
}

/** A client and the server behind the proxy, and all that is between them. */
export class Link {
  private dead = false;
  private closed = false;
  private readonly timers = new Set<NodeJS.Timeout>();

  constructor(
    private readonly client: Socket,
    private readonly server: Socket,
    private readonly options: LinkOptions,
  ) {
    for (const socket of [client, server]) {
      socket.setNoDelay(true);
      socket.on('error', () => {}); // `close` follows
      socket.on('close', () => this.ended());
    }
    this.carry(client, server);
    this.carry(server, client);
  }

  /** From now on nothing passes, not even the end: to each side the other is just silent. */
  freeze(): void {
    this.dead = true;
    this.forget();
    for (const socket of [this.client, this.server]) socket.resume(); // what comes is read and lost
  }

  /** Both sides get a reset. */
  reset(): void {
    this.client.resetAndDestroy();
    this.server.resetAndDestroy();
  }

  private carry(from: Socket, to: Socket): void {
    let last: Passage = { wireFreeAt: 0, arrivesAt: 0 };
    let waiting = 0;
    const deliver = (chunk: Buffer) => {
      if (this.dead || to.destroyed) return;
      if (!to.write(chunk)) {
        from.pause();
        to.once('drain', () => from.resume());
      }
    };
    const later = (work: () => void) => {
      const timer = setTimeout(
        () => {
          this.timers.delete(timer);
          work();
        },
        Math.max(0, last.arrivesAt - performance.now()),
      );
      this.timers.add(timer);
    };
    from.on('data', (chunk: Buffer) => {
      if (this.dead) return;
      const [weather, now] = [this.options.weather(), performance.now()];
      if (waiting === 0 && isFair(weather)) return deliver(chunk);
      last = passageOf(weather, last, { bytes: chunk.length, now, uniform: this.options.uniform() });
      waiting += chunk.length;
      if (waiting > windowBytes) from.pause();
      later(() => {
        waiting -= chunk.length;
        if (waiting <= windowBytes) from.resume();
        deliver(chunk);
      });
    });
    from.on('end', () => {
      if (this.dead) return;
      if (waiting === 0) to.end();
      else later(() => to.end());
    });
  }

  private ended(): void {
    if (this.dead && !(this.client.destroyed && this.server.destroyed)) {
      // The other side is not told. Once the client gave up there is nobody left who could wait.
      if (this.client.destroyed) this.server.destroy();
      return;
    }
    if (this.closed) return;
    this.closed = true;
    this.forget();
    this.client.destroy();
    this.server.destroy();
    this.options.onClosed();
  }

  private forget(): void {
    for (const timer of this.timers) clearTimeout(timer);
    this.timers.clear();
  }
}
