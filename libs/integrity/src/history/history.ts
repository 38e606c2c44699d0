import type { DayRows } from './row.account';
import type { QuarantineExplained } from './quarantine';
import type { Sample } from './sample';
import type { BatchSplit } from './batch.split';

/**
 * What was observed of an installation, in the order in which it was observed. A part that is absent was not observed;
 * an invariant that needs it says so instead of passing. An empty part was observed and held nothing.
 */
export interface History {
  readonly pipelines: readonly PipelineFacts[];
  /** Nothing was under way when the last part was read. Otherwise what is not finished yet is no violation. */
  readonly atRest: boolean;
  /** Every delivery, repeated ones included; records of one partition in the order of their offsets. */
  readonly events?: readonly ObservedEvent[];
  /** Of the partitions that were read; absent: every topic was read from its first record to its last. */
  readonly ranges?: readonly PartitionRange[];
  /** Topics whose events were not kept, as there are too many of them. */
  readonly folded?: readonly string[];
  readonly deadLetters?: readonly ObservedDeadLetter[];
  /** What clients sent on purpose although it cannot be handled: event ids, or positions topic/partition/offset. */
  readonly poison?: readonly string[];
  /** What clients submitted and what was stored of it, one entry per dataset and day; see `accountRows`. */
  readonly rows?: readonly DayRows[];
  /** How the rows of the batches are split between judging and training; see `splitBatch`. */
  readonly splits?: readonly BatchSplit[];
  /** Files that events refer to: whether each is there with its digest. */
  readonly files?: readonly FilesRead[];
  /** The documents that were found in the end, by collection. A collection without an entry was not read. */
  readonly documents?: Readonly<Record<string, readonly ObservedDocument[]>>;
  /** Every committed change of a document, in the order of the commits. */
  readonly changes?: readonly DocumentChange[];
  readonly groups?: readonly ConsumerGroup[];
  /** RFC 3339: marks of events that were handled earlier may have been removed from the inboxes. */
  readonly marksSince?: string;
  /** RFC 3339: outbox counters of keys that were used earlier may have been removed. */
  readonly countersSince?: string;
  /** Records in quarantine, and those of them that lack a reason; see `explainQuarantine`. */
  readonly quarantine?: QuarantineExplained;
  /** Requests that the paging service received, in order. */
  readonly pages?: readonly Page[];
  /** Versions that answered or that replicas reported, each span of time once. */
  readonly served?: readonly ServedVersion[];
  /** What each replica serves in the end. */
  readonly serving?: readonly ServingReplica[];
}

/** Of one dataset, or of the versions of one pipeline. */
export interface FilesRead {
  readonly dataset?: string;
  readonly pipeline?: string;
  readonly read: number;
  readonly damaged: Sample;
}

export interface PipelineFacts {
  readonly name: string;
  readonly dataset: string;
  readonly maxAttempts: number;
  /** RFC 3339: of data that was ready earlier nothing is asked, as the pipeline was declared later; absent: of none. */
  readonly since?: string;
  /** Whether an alert of severity critical reaches somebody: a channel that is configured. */
  readonly pages?: boolean;
}

export interface ObservedEvent {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly key: string | null;
  /** (source, id) names the event; equal ones are deliveries of one event. */
  readonly id: string;
  readonly source: string;
  readonly type: string;
  /** RFC 3339, as its source gave it. */
  readonly time: string;
  readonly correlationId: string;
  readonly causationId: string | null;
  readonly data: unknown;
  /** The one group that a redelivery is for; absent: all groups of the topic. */
  readonly addressee?: string;
}

export interface PartitionRange {
  readonly topic: string;
  readonly partition: number;
  /** Offset of the oldest record that is kept; above 0 where older ones were removed. */
  readonly first: number;
  /** One past the last record that was read. */
  readonly next: number;
}

export interface ObservedDeadLetter {
  /** Where the record came from. */
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  /** The group that could not handle it. */
  readonly group: string;
  readonly code: string;
  readonly message: string;
  /** Of the event, where it could be decoded. */
  readonly event: Pick<ObservedEvent, 'id' | 'source' | 'type' | 'data'> | null;
}

export interface ObservedDocument {
  readonly id: string;
  /** Number of saves; null where the collection does not count them. */
  readonly revision: number | null;
  /** As stored; the fields that `documents/` names are what is looked at. */
  readonly content: object;
}

export interface DocumentChange {
  readonly collection: string;
  readonly id: string;
  /** Null: the document was created, or removed. */
  readonly before: ObservedDocument | null;
  readonly after: ObservedDocument | null;
}

export interface ConsumerGroup {
  readonly group: string;
  /** Whose inbox holds its marks. */
  readonly service: string;
  /** Types of the events that it handles; it passes over others. */
  readonly handles: readonly string[];
  /** Offset of the next record to read; what lies below it is dealt with. */
  readonly committed: readonly { readonly topic: string; readonly partition: number; readonly offset: number }[];
}

/** One request of the Events API v2, as far as incidents are concerned. */
export interface Page {
  readonly event_action: 'trigger' | 'acknowledge' | 'resolve';
  readonly dedup_key: string;
}

export interface ServedVersion {
  readonly pipeline: string;
  readonly replica: string;
  readonly version: string;
  /** RFC 3339; first and last time it was seen. */
  readonly from: string;
  readonly to: string;
  /** Predictions answered, or reports. */
  readonly answers: number;
}

export interface ServingReplica {
  readonly pipeline: string;
  readonly replica: string;
  /** Of the primary arm. */
  readonly version: string | null;
  /** Of what it routes; left out where that was not asked. */
  readonly trafficSequence?: number | null;
}
