import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** What came in at one of the two addresses that the platform was given. */
export interface ReceivedAlert {
  readonly channel: 'pagerduty' | 'slack';
  readonly at: string;
  readonly body: Readonly<Record<string, unknown>>;
}

/** Stands in for PagerDuty and Slack: answers as they do, and keeps what it was sent. */
export class AlertSink {
  readonly received: ReceivedAlert[] = [];

  private constructor(
    private readonly server: Server,
    private readonly onAlert: () => void,
  ) {}

  static async start(onAlert: () => void): Promise<AlertSink> {
    const server = createServer();
    const sink = new AlertSink(server, onAlert);
    server.on('request', (request, response) => {
      void text(request).then(
        (body) => {
          const [status, answer] = sink.take(request.url ?? '', body);
          response.writeHead(status).end(answer);
        },
        () => response.destroy(),
      );
    });
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(0, '127.0.0.1', resolve);
    });
    return sink;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** The environment variables that send the platform's alerts here. */
  get environment(): Record<string, string> {
    return {
      PAGERDUTY_URL: `${this.url}/pagerduty/v2/enqueue`,
      PAGERDUTY_ROUTING_KEY: 'd3m0'.repeat(8),
      SLACK_WEBHOOK_URL: `${this.url}/slack/services/demo`,
    };
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private take(path: string, body: string): [status: number, answer: string] {
    const channel = path.startsWith('/pagerduty/') ? 'pagerduty' : path.startsWith('/slack/') ? 'slack' : undefined;
    if (!channel) return [404, 'no such address'];
    try {
      this.received.push({ channel, at: new Date().toISOString(), body: JSON.parse(body) as Record<string, unknown> });
    } catch {
      return [400, 'the body must be JSON'];
    }
    this.onAlert();
    return channel === 'pagerduty' ? [202, '{"status":"success","message":"Event processed"}'] : [200, 'ok'];
  }
}
