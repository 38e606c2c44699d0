import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type ModelReference, TRAFFIC_BUCKETS } from '@perennial/contracts';
import type { ToldTraffic } from '../application/deployable';

export interface DesiredRollout {
  rolloutId: string;
  sequence: number;
  version: string;
  model: ModelReference;
}

/** All keys to one version. */
export function alone({ rolloutId, sequence, version, model }: DesiredRollout) {
  const buckets = [{ from: 0, to: TRAFFIC_BUCKETS }];
  const arms = [{ name: 'stable', version, model, weight: 100, buckets }];
  return { rolloutId, sequence, experimentId: rolloutId, arms, shadows: [] };
}

/** A deployer's HTTP side: says what it is told to say, and can be away. */
export class LocalDeployer {
  readonly desired = new Map<string, DesiredRollout>();
  /** Instead, where there is more than one version. */
  readonly traffic = new Map<string, ToldTraffic>();
  private server: Server | undefined;
  private port = 0;

  /** The same port after `down`. */
  async up(): Promise<string> {
    const server = createServer((request, response) => {
      response.statusCode = request.url === '/api/v1/desired' ? 200 : 404;
      response.setHeader('content-type', 'application/json');
      response.end(
        JSON.stringify({
          desired: this.told(),
        }),
      );
    });
    await new Promise<void>((resolve) => server.listen(this.port, '127.0.0.1', resolve));
    this.server = server;
    this.port = (server.address() as AddressInfo).port;
    return `http://127.0.0.1:${this.port}`;
  }

  private told() {
    const pipelines = new Set([...this.desired.keys(), ...this.traffic.keys()]);
    return [...pipelines].map((pipeline) => {
      const only = this.desired.get(pipeline);
      return { pipeline, traffic: this.traffic.get(pipeline) ?? (only && alone(only)) };
    });
  }

  async down(): Promise<void> {
    const { server } = this;
    this.server = undefined;
    server?.closeAllConnections();
    if (server) await new Promise((resolve) => server.close(resolve));
  }
}
