import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';

/** One request of the Events API v2, as far as incidents are concerned. */
export interface PageRequest {
  readonly event_action: 'trigger' | 'acknowledge' | 'resolve';
  readonly dedup_key: string;
}

/** Stands in for PagerDuty: accepts as it does and keeps what came, in order. */
export class PageSink {
  readonly received: PageRequest[] = [];

  private constructor(private readonly server: Server) {}

  static async start(): Promise<PageSink> {
    const server = createServer();
    const sink = new PageSink(server);
    server.on('request', (request, response) => {
      json(request).then(
        (body) => {
          sink.received.push(body as PageRequest);
          response.writeHead(202).end('{"status":"success","message":"Event processed"}');
        },
        () => response.writeHead(400).end('{"status":"invalid event"}'),
      );
    });
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(0, '127.0.0.1', resolve);
    });
    return sink;
  }

  /** What makes the alerting service send its pages here. */
  get environment(): Record<string, string> {
    const { port } = this.server.address() as AddressInfo;
    return {
      PAGERDUTY_URL: `http://127.0.0.1:${port}/v2/enqueue`,
      PAGERDUTY_ROUTING_KEY: 'f4u1'.repeat(8),
    };
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}
