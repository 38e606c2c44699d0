import type { Transaction } from '@perennial/messaging';

/** Where and why a step happens. */
export interface Step {
  transaction: Transaction;
  now: Date;
  correlationId: string;
  /** The event that caused it. */
  causationId: string | null;
}
