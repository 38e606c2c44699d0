import { z } from 'zod';
import { count, day, metrics, name, verdict } from '../fields';

export const submissionFields = {
  submissionId: z.string().min(1).describe('pipeline/submission-…'),
  pipeline: name,
};

/** On the holdout rows of one day, the same for both models. */
export const submissionJudgement = {
  day,
  holdoutRows: count,
  metrics,
  /** The version that served; null: none did. */
  incumbent: z.string().nullable(),
  incumbentMetrics: metrics.nullable(),
  verdict,
};

export const bySubmission = (data: { submissionId: string }): string => data.submissionId;
