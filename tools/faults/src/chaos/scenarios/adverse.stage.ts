import { join } from 'node:path';
import type { StageDefinition } from '../stage.definition';
import { QuotaStore } from './disk-full.quota';
import { Sinks } from './sinks.servers';

/** What stands beside the platform of the adverse stage. */
export interface Adversity {
  readonly sinks: Sinks;
  readonly store: QuotaStore;
}

const byHome = new Map<string, Adversity>();

/** @throws RangeError for the home of another stage */
export function adversityOf(home: string): Adversity {
  const found = byHome.get(home);
  if (!found) throw new RangeError(`no adverse stage has the home ${home}`);
  return found;
}

/** Its alerts go to sinks that can be in trouble, its files into a store that can be full, its clocks can be wrong, and
 * its services can be ahead of each other by a version. */
export const adverseStage: StageDefinition = {
  name: 'adverse',
  preloads: ['clock-skew.preload.js', 'rolling-upgrade.preload.js'].map((file) =>
    join(__dirname, '../../../dist/chaos/scenarios', file),
  ),
  prepare: async (home) => {
    const sinks = await Sinks.start(home);
    const store = await QuotaStore.start(home);
    byHome.set(home, { sinks, store });
    return {
      environment: { ...sinks.environment, ...store.environment },
      close: async () => {
        byHome.delete(home);
        await Promise.all([sinks.stop(), store.stop()]);
      },
    };
  },
};
