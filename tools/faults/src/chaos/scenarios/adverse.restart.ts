import type { PlatformUnderTest } from '../../platform/platform.under.test';
import { type AdverseSettings, writeSettings } from './adverse.settings';

/** Gives the stage other settings and starts the services anew that these concern. */
export async function restartWith(
  platform: PlatformUnderTest,
  settings: Partial<AdverseSettings>,
  services: readonly string[],
): Promise<void> {
  writeSettings(platform.home, settings);
  await Promise.all(services.map((service) => platform.restart(service)));
}

/** Who writes the events of a subsystem: the second part of a type. */
const writers: Readonly<Record<string, string>> = {
  ingestion: 'ingestion',
  preprocessing: 'preprocessing',
  features: 'feature-store',
  evaluation: 'evaluator',
  training: 'trainer',
  registry: 'registry',
  deployment: 'deployer',
  alerting: 'alerting',
};

/** The service that writes events of this type; undefined for those of outside producers and replicas. */
export function writerOf(type: string): string | undefined {
  const [, subsystem = '', , name] = type.split('.');
  return name === 'records-pushed' || name === 'day-manifest' ? undefined : writers[subsystem];
}
