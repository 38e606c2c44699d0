import type { DataOf, modelSubmittedV1 } from '@perennial/contracts';
import type { BatchFacts } from './batch.window';
import type { CyclePolicy } from './cycle.policy';
import type { Incumbent } from './cycle.state';

/** What a submitted model is judged by; fixed when its turn comes. */
export interface SubmissionTerms {
  policy: CyclePolicy;
  incumbent: Incumbent | null;
  /** The rows it is judged on are the holdout of this one. */
  batch: BatchFacts;
}

export interface Submission {
  submissionId: string;
  pipeline: string;
  artifact: DataOf<typeof modelSubmittedV1>['artifact'];
  decisionThreshold: number;
  status: 'queued' | 'judging' | 'accepted' | 'refused';
  /** Null while queued, and where there was nothing to judge it on. */
  terms: SubmissionTerms | null;
}

/** Among the ids of cycles, `pipeline/day`, in the lane of a pipeline. */
export const isSubmissionId = (id: string): boolean => /^[^/]+\/submission-/.test(id);

export const hasEnded = ({ status }: Submission): boolean => status === 'accepted' || status === 'refused';
