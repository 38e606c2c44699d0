import type {
  DataOf,
  Metrics,
  modelSubmittedV1,
  submissionAcceptedV1,
  submissionRefusedV1,
} from '@perennial/contracts';
import type { BatchFacts } from './batch.window';
import { betterThan, judgeByGate, scoreOf } from './gate.verdict';
import type { Submission, SubmissionTerms } from './submission.state';

type Refused = DataOf<typeof submissionRefusedV1>;

export type SubmissionVerdict =
  | { type: 'submission-accepted'; data: DataOf<typeof submissionAcceptedV1> }
  | { type: 'submission-refused'; data: Refused };

/** What a submission may be told. Anything that does not fit its state changes nothing. */
export type SubmissionInput =
  | { type: 'submit'; model: DataOf<typeof modelSubmittedV1> }
  /** `batch`: null where no day of the pipeline can be judged on. */
  | { type: 'start'; terms: Omit<SubmissionTerms, 'batch'> & { batch: BatchFacts | null } }
  /** Both on the same rows; `incumbentMetrics`: null where none serves. */
  | { type: 'judged'; holdoutRows: number; metrics: Metrics; incumbentMetrics: Metrics | null }
  | { type: 'judgement-failed'; reason: string };

export interface SubmissionStep {
  submission: Submission;
  verdict: SubmissionVerdict | null;
}

/** What follows from an input; null where it is repeated or out of place. */
export function decideSubmission(submission: Submission | null, input: SubmissionInput): SubmissionStep | null {
  if (input.type === 'submit') return submission ? null : queued(input.model);
  if (!submission) return null;
  if (input.type === 'start') return submission.status === 'queued' ? start(submission, input.terms) : null;
  if (submission.status !== 'judging') return null;
  if (input.type === 'judged') return judged(submission, input);
  return refuse(submission, { reason: 'not-judgeable', detail: input.reason, judgement: null });
}

function queued({ submissionId, pipeline, artifact, decisionThreshold }: DataOf<typeof modelSubmittedV1>) {
  const submission = { submissionId, pipeline, artifact, decisionThreshold, status: 'queued', terms: null } as const;
  return { submission, verdict: null };
}

function start(
  submission: Submission,
  { batch, ...terms }: Extract<SubmissionInput, { type: 'start' }>['terms'],
): SubmissionStep {
  if (batch) return { submission: { ...submission, status: 'judging', terms: { ...terms, batch } }, verdict: null };
  const { minimumRows } = terms.policy.gate;
  const detail = `no day of the pipeline has passed its quality checks with at least ${minimumRows} labelled rows (gate.minimumRows)`;
  return refuse(submission, { reason: 'insufficient-data', detail, judgement: null });
}

function refuse(submission: Submission, why: Pick<Refused, 'reason' | 'detail' | 'judgement'>): SubmissionStep {
  const { submissionId, pipeline } = submission;
  return {
    submission: { ...submission, status: 'refused' },
    verdict: { type: 'submission-refused', data: { submissionId, pipeline, ...why } },
  };
}

/** By the rule for candidates: it passes the gate, and is strictly better than what serves. */
function judged(submission: Submission, input: Extract<SubmissionInput, { type: 'judged' }>): SubmissionStep {
  const { submissionId, pipeline, artifact, decisionThreshold } = submission;
  const { policy, incumbent, batch } = termsOf(submission);
  const { holdoutRows, metrics, incumbentMetrics } = input;
  if (holdoutRows === 0) {
    const detail = `the holdout of ${batch.day} has no labelled row`;
    return refuse(submission, { reason: 'insufficient-data', detail, judgement: null });
  }
  const verdict = judgeByGate(metrics, policy);
  const { day, view, viewVersion } = batch;
  const judgement = { day, holdoutRows, metrics, incumbent: incumbent?.version ?? null, incumbentMetrics, verdict };
  const shown = (of: Metrics) => scoreOf(of, policy).value?.toFixed(4) ?? 'undefined';
  const { metric, threshold } = policy.gate;
  if (!verdict.passed) {
    const detail = `${metric} is ${shown(metrics)} on ${day}: the gate asks for at least ${threshold}`;
    return refuse(submission, { reason: 'not-passed', detail, judgement });
  }
  if (incumbentMetrics && !betterThan(metrics, incumbentMetrics, policy)) {
    const detail = `${metric} is ${shown(metrics)} on ${day}: ${incumbent?.version} serves with ${shown(incumbentMetrics)} on the same rows`;
    return refuse(submission, { reason: 'not-better', detail, judgement });
  }
  const data = { view, viewVersion, batches: [batch.batchId], raw: [batch.raw] };
  return {
    submission: { ...submission, status: 'accepted' },
    verdict: {
      type: 'submission-accepted',
      data: { submissionId, pipeline, ...judgement, artifact, decisionThreshold, data },
    },
  };
}

export function termsOf({ submissionId, terms }: Submission): SubmissionTerms {
  if (!terms) throw new Error(`submission ${submissionId} has not started`);
  return terms;
}

/** The newest day that can be judged on. Corrections only widen what may be trained on. */
export function judgeableBatch(known: readonly BatchFacts[], minimumRows: number): BatchFacts | null {
  const usable = known.filter(
    ({ correctionOf, quality, labelledRows }) =>
      correctionOf === null && quality.verdict === 'passed' && labelledRows >= minimumRows,
  );
  return usable.reduce<BatchFacts | null>((newest, each) => (newest && newest.day >= each.day ? newest : each), null);
}
