import { serviceNames } from '@perennial/contracts';
import { runningProcess } from '@perennial/local-stack';
import type { ServiceHealth } from './gateway';
import { platformLayout, platformProcess } from './platform.layout';
import { askHealth } from './platform.launch';
import { type PlatformPlan, serviceUrl } from './platform.plan';
import { readServiceProcesses, type ServiceProcesses } from './platform.state';

export interface ServiceState extends ServiceHealth {
  pid: number | null;
  restarts: number;
}

const unanswered = (reason: string, plan: PlatformPlan): ServiceHealth[] =>
  serviceNames.map((service) => ({
    service,
    url: serviceUrl(plan, service),
    ready: false,
    problems: { gateway: reason },
  }));

async function health(plan: PlatformPlan): Promise<ServiceHealth[]> {
  try {
    return await askHealth(plan);
  } catch (error) {
    const { cause, message } = error as Error & { cause?: { code?: string } };
    return unanswered(`does not answer (${cause?.code ?? message})`, plan);
  }
}

/** Whether each service is ready, and the process that it runs in. */
export async function serviceStates(plan: PlatformPlan): Promise<ServiceState[]> {
  const layout = platformLayout(plan.home);
  const shared = runningProcess(layout.processes, platformProcess)?.pid ?? null;
  const own = plan.mode === 'separate' ? readServiceProcesses(layout.services) : undefined;
  return (await health(plan)).map((each) => {
    const { pid = null, restarts = 0 } = own?.[each.service] ?? { pid: plan.mode === 'single' ? shared : null };
    return { ...each, pid, restarts };
  });
}

/** Of a platform with a process for each service: which they are now. */
export const serviceProcesses = (home: string): ServiceProcesses =>
  readServiceProcesses(platformLayout(home).services) ?? {};
