import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createSecureServer, type Server as SecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { createAuthority } from '@perennial/security-tests';
import { retryAfterSeconds, type Trouble } from './sinks.troubles';

export const channels = ['pagerduty', 'slack', 'webhook'] as const;
export type ChannelName = (typeof channels)[number];

export interface Heard {
  readonly channel: ChannelName;
  readonly action: 'trigger' | 'resolve';
  readonly dedupKey: string;
  /** Of this process's monotonic clock. */
  readonly atMs: number;
  /** What was answered; null where the sink left without an answer. */
  readonly status: number | null;
}

/** Action and incident as each kind of sink reads them out of a message. */
function read(channel: ChannelName, body: string): Pick<Heard, 'action' | 'dedupKey'> {
  const message = JSON.parse(body) as { [field: string]: never } & { data?: { dedupKey: string }; type?: string };
  if (channel === 'pagerduty') return { action: message['event_action']!, dedupKey: message['dedup_key']! };
  if (channel === 'webhook') {
    return { action: message.type === 'alert.resolve' ? 'resolve' : 'trigger', dedupKey: message.data!.dedupKey };
  }
  const shown = JSON.stringify(message);
  const dedupKey = /Incident ([^ "]+)/.exec(shown)?.[1] ?? '';
  return { action: shown.includes('Resolved: ') ? 'resolve' : 'trigger', dedupKey };
}

/** Longer than anybody waits, however busy the machine. */
const LISTENING_MS = 60_000;
const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds).unref());

/** PagerDuty, Slack and a webhook (over TLS), each of which can be in trouble, by pipeline, until it is mended. */
export class Sinks {
  readonly heard: Heard[] = [];
  private readonly troubles = new Map<string, Trouble>();
  private readonly servers = new Map<ChannelName, Server | SecureServer>();
  private readonly ports = new Map<ChannelName, number>();

  private constructor(
    private readonly trusted: SecureContextFiles,
    private readonly untrusted: SecureContextFiles,
    private readonly authorityFile: string,
  ) {}

  static async start(home: string): Promise<Sinks> {
    const [trusted, untrusted] = await Promise.all(
      ['trusted', 'untrusted'].map((name) => createAuthority(join(home, name))),
    );
    const sinks = new Sinks(filesOf(trusted!.server), filesOf(untrusted!.server), trusted!.caFile);
    for (const channel of channels) await sinks.listen(channel);
    return sinks;
  }

  get environment(): Record<string, string> {
    const at = (channel: ChannelName) => `127.0.0.1:${this.ports.get(channel)}`;
    return {
      PAGERDUTY_URL: `http://${at('pagerduty')}/v2/enqueue`,
      PAGERDUTY_ROUTING_KEY: 'f4u1'.repeat(8),
      SLACK_WEBHOOK_URL: `http://${at('slack')}/services/T0/B0/x`,
      WEBHOOK_URL: `https://${at('webhook')}/alerts`,
      NODE_EXTRA_CA_CERTS: this.authorityFile,
      NOTIFICATION_TIMEOUT_MS: '1000',
      NOTIFICATION_BACKOFF_MS: '200',
      NOTIFICATION_BACKOFF_MAXIMUM_MS: '2000',
    };
  }

  /** Of one pipeline; being down or untrusted concerns everybody. */
  async trouble(channel: ChannelName, pipeline: string, trouble: Trouble): Promise<void> {
    this.troubles.set(`${channel} ${pipeline}`, trouble);
    if (trouble === 'down') await this.close(channel);
    if (trouble === 'untrusted') this.present(this.untrusted);
  }

  async mend(channel: ChannelName, pipeline: string): Promise<void> {
    const trouble = this.troubles.get(`${channel} ${pipeline}`);
    this.troubles.delete(`${channel} ${pipeline}`);
    if (trouble === 'down') await this.listen(channel);
    if (trouble === 'untrusted') this.present(this.trusted);
  }

  async stop(): Promise<void> {
    for (const channel of this.servers.keys()) await this.close(channel);
  }

  private present({ cert, key }: SecureContextFiles): void {
    const server = this.servers.get('webhook') as SecureServer;
    server.setSecureContext({ cert, key });
    server.closeAllConnections();
  }

  private async listen(channel: ChannelName): Promise<void> {
    const take = (request: IncomingMessage, response: ServerResponse) =>
      void this.take(channel, request, response).catch(() => response.destroy());
    const server = channel === 'webhook' ? createSecureServer(this.trusted, take) : createServer(take);
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject).listen(this.ports.get(channel) ?? 0, '127.0.0.1', resolve);
    });
    this.servers.set(channel, server);
    this.ports.set(channel, (server.address() as AddressInfo).port);
  }

  private async close(channel: ChannelName): Promise<void> {
    const server = this.servers.get(channel);
    this.servers.delete(channel);
    server?.closeAllConnections();
    await new Promise((resolve) => (server ? server.close(resolve) : resolve(undefined)));
  }

  private async take(channel: ChannelName, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const message = read(channel, await text(request));
    const trouble = this.troubles.get(`${channel} ${message.dedupKey.replace(/\/[^/]*$/, '')}`);
    const answer = (status: number | null) => this.heard.push({ channel, ...message, atMs: performance.now(), status });
    const say = (status: number, headers: Record<string, string> = {}) => {
      answer(status);
      response.writeHead(status, { connection: 'close', ...headers }).end('{}');
    };
    switch (trouble) {
      case 'slow':
        // It has the message, but says nothing for as long as anybody listens.
        answer(null);
        await Promise.race([once(response, 'close'), pause(LISTENING_MS)]);
        return void response.destroy();
      case 'too-many-requests':
        return say(429, { 'retry-after': String(retryAfterSeconds) });
      case 'server-error':
        return say(500);
      case 'refusing':
        return say(400);
      case 'hanging-up':
        answer(null);
        return void request.socket.destroy();
      default:
        return say(202);
    }
  }
}

interface SecureContextFiles {
  readonly cert: Buffer;
  readonly key: Buffer;
}

const filesOf = ({ certFile, keyFile }: { certFile: string; keyFile: string }): SecureContextFiles => ({
  cert: readFileSync(certFile),
  key: readFileSync(keyFile),
});
