import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { z } from 'zod';
import { type PlatformPlan, platformPlan } from './platform.plan';

const serviceProcesses = z.record(
  z.string(),
  z.object({ pid: z.int().nullable(), restarts: z.int().min(0), ready: z.boolean().default(false) }),
);

/** Of `--separate`: which process each service has now, how often it was restarted, and whether it ever was ready. */
export type ServiceProcesses = z.infer<typeof serviceProcesses>;

function write(path: string, value: unknown): void {
  mkdirSync(dirname(path), { recursive: true });
  const temporary = `${path}.${process.pid}.tmp`;
  writeFileSync(temporary, `${JSON.stringify(value, null, 2)}\n`, { mode: 0o600 });
  renameSync(temporary, path);
}

/** Undefined where there is none, or none that this version understands. */
function read<T>(path: string, schema: z.ZodType<T>): T | undefined {
  if (!existsSync(path)) return undefined;
  try {
    return schema.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch {
    return undefined;
  }
}

export const writePlan = (path: string, plan: PlatformPlan): void => write(path, plan);
export const readPlan = (path: string): PlatformPlan | undefined => read(path, platformPlan);
export const writeServiceProcesses = (path: string, processes: ServiceProcesses): void => write(path, processes);
export const readServiceProcesses = (path: string): ServiceProcesses | undefined => read(path, serviceProcesses);
export const remove = (path: string): void => rmSync(path, { force: true, recursive: true });
