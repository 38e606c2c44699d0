import { join } from 'node:path';
import { logDirectory, processDirectory } from '@perennial/local-stack';

/** Name of the platform's process among those that a home records. */
export const platformProcess = 'platform';

/** What the platform keeps under its home, beside the servers' own. */
export interface PlatformLayout {
  readonly plan: string;
  readonly services: string;
  readonly featureStore: string;
  readonly deployed: string;
  readonly processes: string;
  readonly lock: string;
  readonly logs: string;
}

export const platformLayout = (home: string): PlatformLayout => ({
  plan: join(home, 'platform.json'),
  services: join(home, 'services.json'),
  featureStore: join(home, 'feature-store'),
  deployed: join(home, 'deployed'),
  processes: processDirectory(home),
  lock: join(processDirectory(home), 'up.lock'),
  logs: logDirectory(home),
});
