import { existsSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { writeAtomically } from './atomic.file';
import { isSameProcess } from './process.identity';

const processRecord = z.object({
  version: z.literal(1),
  name: z.string().regex(/^[a-z0-9][a-z0-9-]*$/),
  pid: z.number().int().positive(),
  /** Boot and start time: a pid alone may belong to somebody else by now. */
  identity: z.string().min(1),
  startedAt: z.iso.datetime(),
  phase: z.enum(['starting', 'ready']),
  logFile: z.string(),
  logOffset: z.number().int().nonnegative(),
  details: z.record(z.string(), z.unknown()),
});

export type ProcessRecord = z.infer<typeof processRecord>;

/** Undefined for anything that is not a whole, valid record: such a file proves nothing about any process. */
export function parseProcessRecord(text: string): ProcessRecord | undefined {
  try {
    return processRecord.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

const pathOf = (directory: string, name: string) => join(directory, `${name}.json`);

export function readProcessRecord(directory: string, name: string): ProcessRecord | undefined {
  const path = pathOf(directory, name);
  return existsSync(path) ? parseProcessRecord(readFileSync(path, 'utf8')) : undefined;
}

export function writeProcessRecord(directory: string, record: ProcessRecord): void {
  writeAtomically(pathOf(directory, record.name), `${JSON.stringify(record, null, 2)}\n`);
}

export function removeProcessRecord(directory: string, name: string): void {
  rmSync(pathOf(directory, name), { force: true });
}

/** The record of a process that still runs and is the one recorded. */
export function runningProcess(directory: string, name: string): ProcessRecord | undefined {
  const record = readProcessRecord(directory, name);
  return record && isSameProcess(record) ? record : undefined;
}

/** Everything that runs, latest start first: the order in which to stop. */
export function runningProcesses(directory: string): ProcessRecord[] {
  if (!existsSync(directory)) return [];
  return readdirSync(directory)
    .filter((file) => file.endsWith('.json'))
    .map((file) => runningProcess(directory, file.slice(0, -'.json'.length)))
    .filter((record) => record !== undefined)
    .sort((left, right) => right.startedAt.localeCompare(left.startedAt));
}
