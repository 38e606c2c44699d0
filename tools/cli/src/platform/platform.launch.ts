import { join } from 'node:path';
import { freePort, StackError, startProcess } from '@perennial/local-stack';
import { failed } from '../command.error';
import { withoutPassword } from '../output/connection.text';
import { readableLog, startFailureIn } from '../output/log.lines';
import type { ServiceHealth } from './gateway';
import { platformLayout, platformProcess } from './platform.layout';
import { gatewayUrl, instanceOf, type PlatformPlan } from './platform.plan';
import { readServiceProcesses, remove, writePlan } from './platform.state';
import { planPorts } from './port.plan';

export interface LaunchOptions {
  readonly plan: Omit<PlatformPlan, 'ports'>;
  readonly portsFrom?: number;
  readonly environment: NodeJS.ProcessEnv;
  readonly readyTimeoutMs: number;
}

/** What the gateway says of each service. Rejects while there is no gateway, or where that of another platform is. */
export async function askHealth(plan: PlatformPlan): Promise<ServiceHealth[]> {
  const answer = await fetch(`${gatewayUrl(plan)}/health`, { signal: AbortSignal.timeout(10_000) });
  const { instance, services } = (await answer.json()) as { instance?: string; services: ServiceHealth[] };
  if (instance !== instanceOf(plan)) throw new Error(`${gatewayUrl(plan)} is the gateway of another platform`);
  return services;
}

/** One line per service that is not ready, with the reason. */
export const missingServices = (services: readonly ServiceHealth[]): string =>
  services
    .filter(({ ready }) => !ready)
    .map(({ service, problems }) => {
      const reasons = Object.entries(problems).map(([name, problem]) => `${name}: ${problem}`);
      return `  ${service}: ${reasons.join('; ')}`;
    })
    .join('\n');

async function launch({ plan: wanted, portsFrom, environment, readyTimeoutMs }: LaunchOptions): Promise<PlatformPlan> {
  const layout = platformLayout(wanted.home);
  const plan = { ...wanted, ports: await planPorts(freePort, portsFrom) };
  let seen: ServiceHealth[] = [];
  writePlan(layout.plan, plan);
  remove(layout.services);
  // Both: who answers at a port may be a service of another platform, which took the port meanwhile.
  const ready = async () => {
    seen = await askHealth(plan);
    return seen.every((service) => service.ready) && (plan.mode === 'single' || allStarted(layout.services));
  };
  try {
    await startProcess({
      directory: layout.processes,
      name: platformProcess,
      command: process.execPath,
      args: [join(__dirname, `${plan.mode}.child.js`), layout.plan],
      cwd: plan.home,
      environment,
      logFile: join(layout.logs, 'platform.log'),
      details: { url: gatewayUrl(plan), mode: plan.mode },
      ready,
      readyTimeoutMs,
    });
  } catch (error) {
    throw explained(error, seen, layout.logs, readyTimeoutMs, givenServers(plan));
  }
  return plan;
}

/** Every process of `--separate` said that it is ready. */
function allStarted(file: string): boolean {
  const processes = Object.values(readServiceProcesses(file) ?? {});
  return processes.length > 0 && processes.every(({ ready }) => ready);
}

/** Servers that this home did not start itself: where a connection problem must be looked for. */
function givenServers({ embedded, kafka, mongo }: PlatformPlan): string {
  const kafkaLine = embedded.includes('kafka') ? '' : `\n  Kafka is the given KAFKA_BROKERS: ${kafka}`;
  return embedded.includes('mongo')
    ? kafkaLine
    : `${kafkaLine}\n  the database is the given MONGO_URL: ${withoutPassword(mongo)}`;
}

/** What a person needs to know about a start that did not succeed: which service, and its last log lines. */
function explained(
  error: unknown,
  seen: readonly ServiceHealth[],
  logs: string,
  timeoutMs: number,
  given: string,
): unknown {
  if (!(error instanceof StackError)) return error;
  const { code } = error;
  const hint = `the logs are in ${logs}`;
  if (code === 'start-timeout') {
    const message = `not every service was ready after ${timeoutMs / 1000} s; they were stopped\n${missingServices(seen)}`;
    return failed(message, { code, hint, cause: error });
  }
  if (code !== 'start-failed') return error;
  const log = readableLog(startFailureIn(String(error.details.log ?? '')));
  return failed(`the services could not start\n${log}${given}`, { code, hint, details: { log }, cause: error });
}

const portTaken = /EADDRINUSE|address already in use/i;

/**
 * Starts the background process of the services and returns when all are ready. A port may be taken between the look
 * and the start; then ports are chosen anew. @throws CommandError naming the service, with the end of its log
 */
export async function launchPlatform(options: LaunchOptions): Promise<PlatformPlan> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await launch(options);
    } catch (error) {
      if (attempt >= 3 || !portTaken.test((error as Error).message)) throw error;
    }
  }
}
