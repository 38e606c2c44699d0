import { accessSync, constants } from 'node:fs';

/** Why a file of the configuration cannot be read; undefined when it can. */
export function fileProblem(path: string): string | undefined {
  try {
    accessSync(path, constants.R_OK);
    return undefined;
  } catch (error) {
    return `must name a file that can be read (${(error as NodeJS.ErrnoException).code})`;
  }
}
