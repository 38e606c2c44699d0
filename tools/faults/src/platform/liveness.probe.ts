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
async function probe(url: string): Promise<number | null> {
  const startedAt = performance.now();
  try {
    const answer = await fetch(`${url}/health/live`, { signal: AbortSignal.timeout(probeTimeoutMs) });
    await answer.arrayBuffer();
    return answer.ok ? performance.now() - startedAt : null;
  } catch {
    return null;
  }
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
