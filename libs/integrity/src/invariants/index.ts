import type { Invariant } from '../checking/invariant';
import { rowInvariants } from './row.invariants';

/** What no fault may break. */
export const invariants: readonly Invariant[] = [...rowInvariants];
