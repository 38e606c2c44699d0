import { existsSync, readFileSync } from 'node:fs';
import { z } from 'zod';
import { writeAtomically } from './atomic.file';

const port = z.number().int().min(1).max(65_535);
const stackSettings = z.object({
  version: z.literal(1),
  kafka: z.object({ port, controllerPort: port }).optional(),
  mongo: z.object({ port }).optional(),
});

/** Ports of the last start; the next start prefers them, so addresses stay the same over restarts. */
export type StackSettings = z.infer<typeof stackSettings>;

/** A damaged or foreign file only costs the remembered ports. */
export function parseStackSettings(text: string): StackSettings {
  try {
    return stackSettings.parse(JSON.parse(text));
  } catch {
    return { version: 1 };
  }
}

export function readStackSettings(path: string): StackSettings {
  return existsSync(path) ? parseStackSettings(readFileSync(path, 'utf8')) : { version: 1 };
}

export function rememberPorts(path: string, ports: Omit<StackSettings, 'version'>): void {
  writeAtomically(path, `${JSON.stringify({ ...readStackSettings(path), ...ports }, null, 2)}\n`);
}
