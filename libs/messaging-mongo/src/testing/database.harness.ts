import type { OutboxEntry } from '@perennial/messaging';
import type { Connection } from 'mongoose';

/** A database of its own for one suite. */
export interface DatabaseHarness {
  connection: Connection;
  close(): Promise<void>;
}

/** The suite's connection once it is open. */
export type Connected = () => Connection;

export const service = 'svc';

export const clock = { now: () => new Date() };

export const entry = (key: string, id: string): OutboxEntry => ({
  id,
  topic: 't',
  key,
  value: id,
  headers: { ce_id: id },
});
