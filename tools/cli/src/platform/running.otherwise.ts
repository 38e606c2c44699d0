import { isAbsolute } from 'node:path';
import type { PlatformPlan } from './platform.plan';

/** Absent: as it is. */
export interface AskedFor {
  readonly separate?: boolean;
  /** Absolute paths. */
  readonly pipelines?: readonly string[];
  readonly portsFrom?: number;
}

/** How a platform runs otherwise than asked for; null: as asked for. */
export function runningOtherwise(plan: PlatformPlan, { separate, pipelines, portsFrom }: AskedFor): string | null {
  if (separate && plan.mode !== 'separate') return 'in one process';
  if (pipelines && pipelines.join() !== plan.pipelines.join()) {
    return `with ${plan.pipelines.filter((path) => isAbsolute(path)).join(', ')}`;
  }
  const { gateway, grpc, services } = plan.ports;
  const lowest = Math.min(gateway, grpc, ...Object.values(services));
  return portsFrom !== undefined && lowest < portsFrom ? `on ports from ${lowest} on` : null;
}
