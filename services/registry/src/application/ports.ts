import type { FileReference } from '@perennial/contracts';
import type { Transaction } from '@perennial/messaging';
import type { Pipeline } from '@perennial/pipeline';
import type { ModelVersion } from '../domain/model.version';
import type { Submission, SubmissionOptions } from '../domain/submission';

/** The bucket of models and what belongs to them. */
export const ARTIFACTS = 'artifacts';

export interface StoredVersion {
  version: ModelVersion;
  /** Every event about the version carries it: that of the cycle that made it. */
  correlationId: string;
  /** Grows by one with every save; 0: new. */
  revision: number;
}

export interface VersionStore {
  load(pipeline: string, version: string, transaction?: Transaction): Promise<StoredVersion | null>;
  /** The version that a cycle's attempt became. */
  ofAttempt(
    pipeline: string,
    cycleId: string,
    attempt: number,
    transaction: Transaction,
  ): Promise<StoredVersion | null>;
  /** Names that begin so. */
  taken(pipeline: string, prefix: string, transaction: Transaction): Promise<string[]>;
  inProduction(pipeline: string, transaction: Transaction): Promise<StoredVersion[]>;
  /** Throws ConflictError when someone else saved first, or took the name or the attempt. */
  save(stored: StoredVersion, transaction: Transaction): Promise<void>;
  /** Newest first. */
  list(pipeline: string, limit: number): Promise<ModelVersion[]>;
  /** What one of these runs became. */
  ofRun(runIds: readonly string[]): Promise<ModelVersion | null>;
}

export interface StoredSubmission {
  submission: Submission;
  /** Grows by one with every save; 0: new. */
  revision: number;
}

export interface SubmissionStore {
  load(submissionId: string, transaction?: Transaction): Promise<StoredSubmission | null>;
  /** Throws ConflictError when someone else saved first. */
  save(stored: StoredSubmission, transaction: Transaction): Promise<void>;
  /** Newest first. */
  list(pipeline: string, limit: number): Promise<Submission[]>;
}

/** A file that was found fit to be judged. */
export type PreparedModel = Pick<Submission, 'inputs' | 'classes' | 'decisionThreshold'> & {
  /** Raw columns to probability. */
  artifact: Uint8Array;
};

/** Throws ServiceError UNSUITABLE_MODEL where the file does not fit the pipeline, and TRIAL_UNFINISHED. */
export type PrepareModel = (
  file: Uint8Array,
  pipeline: Pipeline,
  options: SubmissionOptions,
  /** Of the file. */
  digest: string,
) => Promise<PreparedModel>;

export interface FileStore {
  put(bucket: string, content: Uint8Array, options: { mediaType: string; name?: string }): Promise<FileReference>;
  get(reference: FileReference): Promise<Uint8Array>;
}

export interface SignatureInput {
  name: string;
  type: 'string' | 'float32';
}

/** Reads what an artifact says of itself. Throws ArtifactError when it does not. */
export type ReadSignature = (artifact: Uint8Array) => SignatureInput[];
