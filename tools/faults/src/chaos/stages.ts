import { join } from 'node:path';
import type { StageDefinition } from './stage.definition';

const failpoints = join(__dirname, '../../dist/failpoints/failpoint.preload.js');

/** For what disturbs no neighbour, or what every neighbour must stand: kills, failpoints, repeated messages. */
export const sharedStage: StageDefinition = { name: 'shared', preloads: [failpoints] };

/** Its broker goes away for a minute. */
export const outageStage: StageDefinition = { name: 'outages' };

/** Its network is bad, its database goes away, its consumer groups find no rest. */
export const networkStage: StageDefinition = { name: 'network' };
