import type { Invariant } from '../checking/invariant';
import { alertInvariants } from './alert.invariants';
import { consumerInvariants } from './consumer.invariants';
import { cycleInvariants } from './cycle.invariants';
import { documentInvariants } from './document.invariants';
import { eventInvariants } from './event.invariants';
import { outboxInvariants } from './outbox.invariants';
import { rowInvariants } from './row.invariants';
import { servingInvariants } from './serving.invariants';
import { verdictInvariants } from './verdict.invariants';
import { versionInvariants } from './version.invariants';

/** What no fault may break, in the order in which a day's data passes. */
export const invariants: readonly Invariant[] = [
  ...rowInvariants,
  ...cycleInvariants,
  ...verdictInvariants,
  ...alertInvariants,
  ...versionInvariants,
  ...servingInvariants,
  ...documentInvariants,
  ...eventInvariants,
  ...outboxInvariants,
  ...consumerInvariants,
];
