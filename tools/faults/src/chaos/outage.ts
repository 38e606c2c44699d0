import type { PlatformUnderTest, ServiceProcess } from '../platform/platform.under.test';
import { type Liveness, probeLiveness } from '../platform/liveness.probe';
import type { ServerPair } from '../platform/server.pair';

export type Server = 'broker' | 'database';

export interface OutagePlan {
  readonly server: Server;
  /** After the outage's beginning. */
  readonly fromMs: number;
  readonly forMs: number;
}

export interface OutageFindings {
  readonly liveness: readonly Liveness[];
  readonly before: readonly ServiceProcess[];
}

const steps: Readonly<Record<Server, (servers: ServerPair) => { kill(): Promise<void>; restart(): Promise<void> }>> = {
  broker: (servers) => ({ kill: () => servers.killBroker(), restart: () => servers.restartBroker() }),
  database: (servers) => ({ kill: () => servers.killDatabase(), restart: () => servers.restartDatabase() }),
};

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const livenessPauseMs = 1_000;

/** Kills the servers (SIGKILL) and starts them again with their data, asking every service meanwhile whether it lives. */
async function happen(
  platform: PlatformUnderTest,
  plans: readonly OutagePlan[],
  log: (line: string) => void,
): Promise<OutageFindings> {
  const before = await platform.services();
  const away = plans.map(async ({ server, fromMs, forMs }) => {
    const { kill, restart } = steps[server](platform.servers);
    await sleep(fromMs);
    await kill();
    log(`the ${server} is away for ${forMs / 1000} s`);
    await sleep(forMs);
    await restart();
    log(`the ${server} is back`);
  });
  const forMs = Math.max(...plans.map((plan) => plan.fromMs + plan.forMs));
  const [liveness] = await Promise.all([probeLiveness(before, { forMs, pauseMs: livenessPauseMs }), ...away]);
  return { liveness, before };
}

interface Outage {
  readonly findings: Promise<OutageFindings>;
  /** Of performance.now(); Infinity while it lasts. */
  endedAt: number;
}

const latest = new WeakMap<PlatformUnderTest, Outage>();

/**
 * Runs that are on a stage together share an outage: whose moment comes first begins it, the others are in it with
 * their stories. One that was over before the run began (`since`, of performance.now()) does not count.
 */
export function sharedOutage(
  platform: PlatformUnderTest,
  plans: readonly OutagePlan[],
  since: number,
  log: (line: string) => void,
): Promise<OutageFindings> {
  const known = latest.get(platform);
  if (known && known.endedAt > since) return known.findings;
  const outage: Outage = { findings: happen(platform, plans, log), endedAt: Infinity };
  const ended = () => void (outage.endedAt = performance.now());
  outage.findings.then(ended, ended);
  latest.set(platform, outage);
  return outage.findings;
}

/** A loaded machine answers late; a spinning event loop does not answer at all. */
const tolerableAnswerMs = 5_000;

/** Services that did not answer while the servers were away, or had to be started again. */
export function outageProblems({ liveness, before }: OutageFindings, after: readonly ServiceProcess[]): string[] {
  const dumb = liveness
    .filter(({ failures, slowestMs }) => failures > 0 || slowestMs >= tolerableAnswerMs)
    .map(
      ({ service, probes, failures, slowestMs }) =>
        `${service}: ${failures} of ${probes} liveness probes failed during the outage, slowest ${slowestMs} ms`,
    );
  const restarted = before
    .filter(({ service, pid }) => after.find((each) => each.service === service)?.pid !== pid)
    .map(({ service }) => `${service} was started again, which an outage must not need`);
  return [...dumb, ...restarted];
}
