import { readSettings, type AdverseSettings } from './adverse.settings';

/** Workers and child processes of a service learn by it whose they are. */
const serviceVariable = 'PERENNIAL_CHAOS_SERVICE';

/** The service to which this process belongs, and the stage's settings; null in every other process. */
export function adverseProcess(): { service: string; settings: AdverseSettings } | null {
  const { argv, env } = process;
  const service = argv[1]?.endsWith('service.child.js') ? argv[3] : env[serviceVariable];
  const home = env.PERENNIAL_HOME;
  if (!service || !home) return null;
  env[serviceVariable] = service;
  return { service, settings: readSettings(home) };
}
