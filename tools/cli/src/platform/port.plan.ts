import { type ServiceName, serviceNames } from '@perennial/contracts';
import { preferredPorts } from './service.placement';

export interface PortPlan {
  readonly gateway: number;
  readonly grpc: number;
  readonly services: Readonly<Record<ServiceName, number>>;
}

/** The preferred port, or the next free one; never one of `avoid`. */
export type FreePort = (preferred: number, avoid: readonly number[]) => Promise<number>;

/**
 * Every port before anything starts, so that each service can be told where the others are: those that clients know, or
 * where `from` is given the first free ones from there on.
 */
export async function planPorts(freePort: FreePort, from?: number): Promise<PortPlan> {
  const taken: number[] = [];
  const take = async (usual: number): Promise<number> => {
    const port = await freePort(from ?? usual, taken);
    taken.push(port);
    return port;
  };
  // Those with a port of their own first: no other service may land on it.
  const gateway = await take(preferredPorts.gateway);
  const services = {} as Record<ServiceName, number>;
  for (const name of serviceNames) {
    const preferred = preferredPorts.services[name];
    if (preferred !== undefined) services[name] = await take(preferred);
  }
  const grpc = await take(preferredPorts.grpc);
  for (const name of serviceNames) services[name] ??= await take(preferredPorts.others);
  return { gateway, grpc, services };
}
