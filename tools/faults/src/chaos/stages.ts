import type { StageDefinition } from './chaos.scenario';

/** For what disturbs no neighbour, or what every neighbour must stand: kills, failpoints, repeated messages. */
export const sharedStage: StageDefinition = { name: 'shared' };

/** Its broker and its database go away. */
export const outageStage: StageDefinition = { name: 'outages' };
