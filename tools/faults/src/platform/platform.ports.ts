import { randomInt } from 'node:crypto';
import { freePort } from '@perennial/local-stack';

/** Below those that outgoing connections take. */
const portRange = { from: 20_000, to: 32_000 } as const;

export interface PlatformPorts {
  readonly proxies: { readonly broker: number; readonly database: number };
  readonly servers: { readonly kafka: number; readonly mongo: number };
  readonly detour: number;
  /** The first one of the services. */
  readonly services: number;
}

/**
 * Anywhere in the range: the port of a proxy that refuses, or of what was killed, looks free to a platform that starts
 * meanwhile. It would take that port, and the services of both would meet in one broker or database.
 */
export async function freePorts(): Promise<PlatformPorts> {
  const taken: number[] = [];
  const next = async (): Promise<number> => {
    const port = await freePort(randomInt(portRange.from, portRange.to), taken);
    taken.push(port);
    return port;
  };
  const proxies = { broker: await next(), database: await next() };
  const servers = { kafka: await next(), mongo: await next() };
  return { proxies, servers, detour: await next(), services: await next() };
}
