import { connect, createServer, type Server } from 'node:net';
import type { Random } from '../chaos/random';
import { Link } from './link';
import { fair, type Weather } from './weather';

const host = '127.0.0.1';

/** A TCP proxy in front of a server: it delays, holds back, falls silent, resets and refuses connections. */
export class NetworkProxy {
  /** For connections that stand and for new ones. */
  weather: Weather = fair;
  private server: Server | undefined;
  private readonly links = new Set<Link>();

  /** `port` below those that outgoing connections take: it must still be free after a while of refusing. */
  constructor(
    readonly port: number,
    private readonly targetPort: () => number,
    private readonly random: Pick<Random, 'uniform' | 'sample'>,
  ) {}

  get connections(): number {
    return this.links.size;
  }

  /** Takes connections, on its port again after `refuse`. */
  accept(): Promise<void> {
    if (this.server) return Promise.resolve();
    const server = createServer({ allowHalfOpen: true }, (client) => {
      const upstream = connect({ host, port: this.targetPort(), allowHalfOpen: true });
      const link: Link = new Link(client, upstream, {
        weather: () => this.weather,
        uniform: this.random.uniform,
        onClosed: () => this.links.delete(link),
      });
      this.links.add(link);
    });
    this.server = server;
    return new Promise((resolve, reject) => {
      server.once('error', reject);
      server.listen(this.port, host, resolve);
    });
  }

  /** Ends all connections and refuses new ones, as a host without the server does. */
  async refuse(): Promise<void> {
    const { server } = this;
    this.server = undefined;
    const closed = server && new Promise((resolve) => server.close(resolve));
    this.resetAll();
    await closed;
  }

  /** A share of the standing connections falls silent for good; new ones are well. Returns how many. */
  freezeSome(share: number): number {
    const chosen = this.random.sample([...this.links], Math.ceil(this.links.size * share));
    for (const link of chosen) link.freeze();
    return chosen.length;
  }

  /** A share of the connections gets a reset. Returns how many. */
  resetSome(share: number): number {
    const chosen = this.random.sample([...this.links], Math.ceil(this.links.size * share));
    for (const link of chosen) link.reset();
    return chosen.length;
  }

  private resetAll(): void {
    for (const link of this.links) link.reset();
  }
}
