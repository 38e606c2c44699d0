import type { PageRequest } from '../platform/page.sink';
import type { HistoryEvent } from './history.event';

/** A raw file that was announced: the day itself or a correction of it. */
export interface StoredBatch {
  readonly batchId: string;
  readonly day: string;
  readonly recordIds: readonly string[];
}

export interface RegisteredVersion {
  readonly version: string;
  readonly cycleId: string;
}

/** What a scenario left behind, from every place where an outsider can look. */
export interface Evidence {
  readonly pipeline: string;
  readonly maxAttempts: number;
  /** By day: ids of the rows that must be stored. */
  readonly pushed: Readonly<Record<string, readonly string[]>>;
  /** Distinct events; a repeated delivery of an event is not a second event. */
  readonly events: readonly HistoryEvent[];
  /** Events that a consumer could not handle, with the reason. */
  readonly deadLetters: readonly { readonly topic: string; readonly code: string; readonly message: string }[];
  readonly stored: readonly StoredBatch[];
  /** As the registry lists them. */
  readonly versions: readonly RegisteredVersion[];
  /** Versions that answer in the end: the deployer's word, then each replica's. */
  readonly serving: readonly (string | null)[];
  /** As the sink received them. */
  readonly pages: readonly PageRequest[];
}
