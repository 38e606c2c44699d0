import { basename } from 'node:path';

const serviceEntry = 'service.child.js';

/** The service that this process is to become, and its home; undefined in every other process. */
export function preloadedService(
  argv: readonly string[],
  environment: Readonly<Record<string, string | undefined>> = process.env,
): { home: string; service: string } | undefined {
  const [, entry, , service] = argv;
  const home = environment.PERENNIAL_HOME;
  if (!entry || basename(entry) !== serviceEntry || !service || !home) return undefined;
  return { home, service };
}
