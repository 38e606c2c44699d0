import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** What the preloaded modules of a stage read when a service starts. */
export interface AdverseSettings {
  /** Milliseconds that a service's clock is ahead of the machine's; 0 unless named. */
  readonly clockOffsets: Readonly<Record<string, number>>;
  /** Services that run with the next version of the contracts, and what is new in it. */
  readonly upgraded: Readonly<Record<string, 'new-version' | 'new-field'>>;
}

const none: AdverseSettings = { clockOffsets: {}, upgraded: {} };
const fileOf = (home: string): string => join(home, 'chaos', 'adverse.json');

export function readSettings(home: string): AdverseSettings {
  try {
    return { ...none, ...(JSON.parse(readFileSync(fileOf(home), 'utf8')) as Partial<AdverseSettings>) };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return none;
    throw error;
  }
}

/** Services take them up when they are started the next time. */
export function writeSettings(home: string, changes: Partial<AdverseSettings>): void {
  mkdirSync(join(home, 'chaos'), { recursive: true });
  writeFileSync(fileOf(home), JSON.stringify({ ...readSettings(home), ...changes }));
}
