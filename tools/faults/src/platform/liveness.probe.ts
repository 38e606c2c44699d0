import { get } from 'node:http';

const probeTimeoutMs = 5_000;

export interface Liveness {
  readonly service: string;
  readonly probes: number;
  readonly failures: number;
  readonly slowestMs: number;
}

interface Probed {
  readonly service: string;
  readonly url: string;
}

/** Milliseconds until /health/live said that it lives; null when it did not. */
function probe(url: string): Promise<number | null> {
  const startedAt = performance.now();
  return new Promise((resolve) => {
    // Not by fetch: it refuses some ports, among them 6566, which feature stores use.
    const request = get(`${url}/health/live`, { agent: false, timeout: probeTimeoutMs }, (response) => {
      response.resume().once('end', () => resolve(response.statusCode === 200 ? performance.now() - startedAt : null));
    });
    request.once('timeout', () => request.destroy()).once('error', () => resolve(null));
    request.once('close', () => resolve(null));
  });
}

/** Asks one service after the other, as often as fits into the time, pausing between rounds. */
export async function probeLiveness(
  services: readonly Probed[],
  { forMs, pauseMs }: { forMs: number; pauseMs: number },
): Promise<Liveness[]> {
  const answers = new Map<string, (number | null)[]>(services.map(({ service }) => [service, []]));
  const until = performance.now() + forMs;
  while (performance.now() < until) {
    for (const { service, url } of services) answers.get(service)?.push(await probe(url));
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, Math.min(pauseMs, until - performance.now()))));
  }
  return [...answers].map(([service, all]) => ({
    service,
    probes: all.length,
    failures: all.filter((answer) => answer === null).length,
    slowestMs: Math.round(Math.max(0, ...all.map((answer) => answer ?? probeTimeoutMs))),
  }));
}
