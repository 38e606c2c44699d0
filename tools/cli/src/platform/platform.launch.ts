import { join } from 'node:path';
import { freePort, StackError, startProcess } from '@perennial/local-stack';
import { platformLayout, platformProcess } from './platform.layout';
import { gatewayUrl, type PlatformPlan } from './platform.plan';
import { writePlan } from './platform.state';
import { planPorts } from './port.plan';

export interface LaunchOptions {
  readonly plan: Omit<PlatformPlan, 'ports'>;
  readonly environment: NodeJS.ProcessEnv;
  readonly readyTimeoutMs: number;
}

const portTaken = /EADDRINUSE|address already in use/i;

export async function isReady(plan: PlatformPlan): Promise<boolean> {
  const answer = await fetch(`${gatewayUrl(plan)}/health`, { signal: AbortSignal.timeout(10_000) });
  await answer.arrayBuffer();
  return answer.ok;
}

async function launch({ plan: wanted, environment, readyTimeoutMs }: LaunchOptions): Promise<PlatformPlan> {
  const layout = platformLayout(wanted.home);
  const plan = { ...wanted, ports: await planPorts(freePort) };
  writePlan(layout.plan, plan);
  await startProcess({
    directory: layout.processes,
    name: platformProcess,
    command: process.execPath,
    args: [join(__dirname, `${plan.mode}.child.js`), layout.plan],
    cwd: plan.home,
    environment,
    logFile: join(layout.logs, 'platform.log'),
    details: { url: gatewayUrl(plan), mode: plan.mode },
    ready: () => isReady(plan),
    readyTimeoutMs,
  });
  return plan;
}

/**
 * Starts the background process of the services and returns when all are ready. A port may be taken between the look
 * and the start; then ports are chosen anew. @throws StackError with the end of the log
 */
export async function launchPlatform(options: LaunchOptions): Promise<PlatformPlan> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await launch(options);
    } catch (error) {
      const log = error instanceof StackError ? String(error.details.log ?? '') : '';
      if (attempt >= 3 || !portTaken.test(log)) throw error;
    }
  }
}
