import type { FileReference } from '@perennial/contracts';

// Fields of stored documents that the invariants look at. The services own the documents; a checker that shared their
// types would share their mistakes.

/** evaluation_cycles */
export interface CycleContent {
  readonly status: string;
  readonly attempts?: readonly { readonly attempt: number; readonly failure?: string | null }[];
  readonly terms?: { readonly policy?: { readonly holdoutShare: number; readonly validationShare: number } } | null;
}

/** model_metadata */
export interface VersionContent {
  readonly pipeline: string;
  readonly version: string;
  readonly state: string;
  readonly cycle_id: string;
  readonly run_id: string;
  readonly finetuned_from: string | null;
  readonly artifact: FileReference;
  readonly data: { readonly batches: readonly string[]; readonly raw: readonly FileReference[] };
  readonly history: readonly { readonly state: string; readonly by: string; readonly evidence: string | null }[];
}

/** deployments */
export interface DeploymentContent {
  readonly deployment: {
    readonly pipeline: string;
    readonly phase: string;
    readonly serving: string | null;
    readonly sequence: number;
    readonly releases: readonly { readonly version: string }[];
    readonly rollout: { readonly version: string; readonly rolloutId: string } | null;
  };
}

/** serving_models; the document's id is the pipeline. */
export interface ServingModelContent {
  readonly version: string;
  readonly sequence: number;
}

/** alerts */
export interface AlertContent {
  readonly pipeline: string;
  readonly kind: string;
  readonly dedupKey: string;
  readonly state: string;
  readonly occurrences: readonly { readonly key: string }[];
}

/** notifications */
export interface NotificationContent {
  readonly alertId: string;
  readonly channel: string;
  readonly action: string;
  readonly state: string;
  readonly tries: number;
}

/** <service>_outbox */
export interface OutboxContent {
  /** Of the event. */
  readonly id: string;
  readonly topic: string;
  readonly key: string;
  /** topic, line break, key. */
  readonly lane: string;
  /** From 1 within its lane. */
  readonly sequence: number;
  readonly publishedAt?: unknown;
}

/** <service>_outbox_sequences */
export interface SequenceContent {
  readonly last: number;
}

/** <service>_outbox_positions */
export interface PositionContent {
  readonly published: number;
}

export const messagingCollections = (service: string) => ({
  inbox: `${service}_inbox`,
  outbox: `${service}_outbox`,
  sequences: `${service}_outbox_sequences`,
  positions: `${service}_outbox_positions`,
});

export const sourceOf = (service: string): string => `/perennial/${service}`;
