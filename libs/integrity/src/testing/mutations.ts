import { alertMutations } from './alert.mutations';
import { cycleMutations } from './cycle.mutations';
import { platformMutations } from './platform.mutations';
import { rowMutations } from './row.mutations';
import { servingMutations } from './serving.mutations';
import { verdictMutations } from './verdict.mutations';
import { versionMutations } from './version.mutations';
import type { Mutation } from './mutation';

/** Every way in which a history is damaged. */
export const mutations: readonly Mutation[] = [
  ...rowMutations,
  ...cycleMutations,
  ...verdictMutations,
  ...alertMutations,
  ...servingMutations,
  ...versionMutations,
  ...platformMutations,
];
