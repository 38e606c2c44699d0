import type { FileReference } from '@perennial/contracts';
import type { Transaction } from '@perennial/messaging';
import type { Deployment } from '../domain/deployment';
import type { DeploymentEvent } from '../domain/deployment.events';
import type { Observation } from '../domain/observation';
import type { Replica } from '../domain/replica';

export interface StoredDeployment {
  deployment: Deployment;
  /** 0: not stored yet. */
  revision: number;
}

/** One step of a pipeline's deployment, as kept in `deployment_events`. */
export interface DeploymentStep {
  pipeline: string;
  at: Date;
  type: DeploymentEvent['type'];
  event: DeploymentEvent;
}

export interface DeploymentStore {
  /** A deployment that was never stored is a new one with revision 0. */
  load(pipeline: string, transaction?: Transaction): Promise<StoredDeployment>;
  /** Those that are stored, in one reading. */
  all(): Promise<Deployment[]>;
  /** Saves the state as the successor of its revision, and the steps that led to it. Throws CONFLICT. */
  save(stored: StoredDeployment, events: readonly DeploymentEvent[], at: Date, transaction: Transaction): Promise<void>;
  /** Newest first. */
  history(pipeline: string, limit: number): Promise<DeploymentStep[]>;
}

export interface ReplicaStore {
  /** By `replicaKey`. */
  known(keys: readonly string[]): Promise<Replica[]>;
  /** Durable when it resolves; not all or nothing. */
  save(replicas: readonly Replica[]): Promise<void>;
  of(pipeline: string, transaction?: Transaction): Promise<Replica[]>;
  /** By pipeline and replica, in one reading. */
  all(): Promise<Replica[]>;
  /** Forgets replicas that have not reported since. */
  forget(before: Date): Promise<void>;
}

export interface ObservationStore {
  /** By `observationKey`. */
  known(keys: readonly string[]): Promise<Observation[]>;
  /** Durable when it resolves; not all or nothing. */
  save(observations: readonly Observation[]): Promise<void>;
  of(pipeline: string, experimentId: string): Promise<Observation[]>;
  /** Forgets what was not reported since. */
  forget(before: Date): Promise<void>;
}

/** What `version.json` beside a deployed model says. */
export interface DeployedVersion {
  pipeline: string;
  version: string;
  digest: string;
  rolloutId: string;
  /** Of the traffic. */
  sequence: number;
  decisionThreshold: number;
  at: string;
}

/** The folder of the model that is the primary arm; "" is the top of the deployed folder. */
export interface DeployedFolder {
  read(folder: string): Promise<DeployedVersion | null>;
  /** The model first, then the version file, each of them whole or not at all. */
  write(folder: string, model: Uint8Array, version: DeployedVersion): Promise<void>;
}

export interface Artifacts {
  /** Bytes that match the reference's digest. */
  get(reference: FileReference): Promise<Uint8Array>;
}
