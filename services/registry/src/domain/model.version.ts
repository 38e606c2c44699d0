import type { DataOf, FileReference, modelPromotedV1 } from '@perennial/contracts';

type Promoted = DataOf<typeof modelPromotedV1>;

export type VersionState = 'candidate' | 'approved' | 'production' | 'archived' | 'rejected';

export interface HistoryEntry {
  state: VersionState;
  /** UTC instant. */
  at: string;
  /** A person, `policy:automatic`, or the service that said so. */
  by: string;
  reason: string | null;
  /** What the decision rests on: the improvement cycle with its judgements. */
  evidence: string | null;
}

/** A file of the version's MLflow model directory. */
export interface ModelFile {
  path: string;
  file: FileReference;
}

/** Who brought a model that was trained elsewhere, and the file as it came. */
export interface VersionSubmission {
  submissionId: string;
  submittedBy: string;
  original: FileReference;
  /** That it was judged on. */
  holdoutRows: number;
}

/** What a version is made of; never changes. */
export interface Registration {
  pipeline: string;
  version: string;
  cycleId: string;
  day: string;
  attempt: number;
  /** `submitted`: it was trained elsewhere. */
  strategy: Promoted['strategy'] | 'submitted';
  runId: string;
  finetunedFrom: string | null;
  hyperparameters: Promoted['hyperparameters'];
  metrics: Promoted['metrics'];
  incumbentMetrics: Promoted['incumbentMetrics'];
  verdict: Promoted['verdict'];
  data: Promoted['data'];
  artifact: FileReference;
  checkpoint: FileReference | null;
  decisionThreshold: number;
  files: ModelFile[];
  /** Of a submitted version; its cycleId is that of the submission. */
  submission: VersionSubmission | null;
}

export interface ModelVersion extends Registration {
  state: VersionState;
  registeredAt: string;
  /** Of the newest rollout that told about the version; rollouts of a pipeline are numbered. */
  rolloutSequence: number | null;
  history: HistoryEntry[];
}
