import { setTimeout as sleep } from 'node:timers/promises';
import {
  installLightGbm,
  processesOf,
  runningProcess,
  type StackOptions,
  startStack,
  stopProcess,
  stopStack,
  withLock,
} from '@perennial/local-stack';
import { failed } from '../command.error';
import type { ServiceHealth } from './gateway';
import { withLibraries } from './model.libraries';
import { askHealth, launchPlatform, missingServices } from './platform.launch';
import { platformLayout, platformProcess } from './platform.layout';
import type { PlatformPlan } from './platform.plan';
import { readPlan } from './platform.state';

export interface PlatformOptions {
  readonly stack: StackOptions;
  readonly mode: PlatformPlan['mode'];
  /** Absolute paths of pipeline files or folders. */
  readonly pipelines: readonly string[];
  /** The first port of gateway and services, instead of those that clients know. */
  readonly portsFrom?: number;
  readonly environment: NodeJS.ProcessEnv;
  readonly onProgress: (line: string) => void;
  readonly readyTimeoutMs?: number;
  /** When aborted, what this call started is stopped and the call rejects. */
  readonly signal?: AbortSignal;
}

export interface StartedPlatform {
  readonly plan: PlatformPlan;
  /** True when an earlier call started it. */
  readonly found: boolean;
}

/** The platform of a home, if it runs. */
export function runningPlatform(home: string): PlatformPlan | undefined {
  const layout = platformLayout(home);
  return runningProcess(layout.processes, platformProcess) ? readPlan(layout.plan) : undefined;
}

/** Servers that ended meanwhile are started again on their ports; then every service has its chance to recover. */
async function findPlatform(plan: PlatformPlan, options: PlatformOptions): Promise<StartedPlatform> {
  const { stack, onProgress, signal, readyTimeoutMs = 120_000 } = options;
  const externalKafka = plan.embedded.includes('kafka') ? undefined : plan.kafka;
  const externalMongo = plan.embedded.includes('mongo') ? undefined : plan.mongo;
  await startStack({ ...stack, externalKafka, externalMongo, onProgress });
  const deadline = performance.now() + readyTimeoutMs;
  for (;;) {
    const services = await askHealth(plan).catch((): ServiceHealth[] => []);
    if (services.length > 0 && services.every(({ ready }) => ready)) break;
    if (performance.now() > deadline) {
      const hint = '`perennial status` shows more';
      throw failed(`the platform runs, but not every service is ready\n${missingServices(services)}`, { hint });
    }
    await sleep(300, undefined, { signal });
  }
  return { plan, found: true };
}

async function startAnew(options: PlatformOptions): Promise<StartedPlatform> {
  const { stack, mode, portsFrom, onProgress, readyTimeoutMs = 120_000 } = options;
  const servers = await startStack({ ...stack, onProgress });
  const { kafka, mongo } = servers;
  const embedded: PlatformPlan['embedded'] = [];
  if (!stack.externalKafka) embedded.push('kafka');
  if (!stack.externalMongo) embedded.push('mongo');
  onProgress(`starting the services${mode === 'separate' ? ', a process each' : ''} …`);
  const pipelines = [...options.pipelines];
  const plan = { version: 1 as const, mode, home: stack.home, kafka, mongo, embedded, pipelines };
  const install = () => installLightGbm({ artifacts: stack.artifacts, onProgress });
  try {
    // After the database, whose Python has pip.
    const environment = await withLibraries(options.environment, pipelines, install);
    return { plan: await launchPlatform({ plan, portsFrom, environment, readyTimeoutMs }), found: false };
  } catch (error) {
    if (servers.started.length > 0) await stopStack(stack);
    throw error;
  }
}

/** Ends what was not running before; whoever waits for it then sees that it ended. */
function stopNewProcesses(home: string, before: ReadonlySet<string>): void {
  const { processes } = platformLayout(home);
  for (const { name } of processesOf(home)) if (!before.has(name)) void stopProcess(processes, name).catch(() => {});
}

/**
 * Starts servers and services, or finds those that run; resolves when every service is ready. What it started before
 * a failure is stopped again. @throws StackError with the end of the log of what could not start
 */
export async function startPlatform(options: PlatformOptions): Promise<StartedPlatform> {
  const { home } = options.stack;
  const before = new Set(processesOf(home).map(({ name }) => name));
  const onAbort = () => stopNewProcesses(home, before);
  options.signal?.addEventListener('abort', onAbort, { once: true });
  const onWait = (pid: number) => options.onProgress(`waiting for process ${pid}, which is starting the platform …`);
  const work = () => {
    const existing = runningPlatform(home);
    return existing ? findPlatform(existing, options) : startAnew(options);
  };
  try {
    return await withLock(platformLayout(home).lock, work, { onWait });
  } finally {
    options.signal?.removeEventListener('abort', onAbort);
  }
}

/** Platform first, so that it can finish its work on servers that still run. Returns what was stopped. */
export async function stopPlatform(home: string): Promise<string[]> {
  const stopped = await stopProcess(platformLayout(home).processes, platformProcess, 60_000);
  return [...(stopped ? [platformProcess] : []), ...(await stopStack({ home }))];
}
