import type { DataOf, FileReference, submissionRefusedV1 } from '@perennial/contracts';

type Refused = DataOf<typeof submissionRefusedV1>;

/** How the file is meant, as whoever submitted it said. */
export interface SubmissionOptions {
  /** Columns in the order in which the file takes them. */
  columns: string[] | null;
  /** The class that is the positive one. */
  positive: string | null;
  output: string | null;
  scores: 'probabilities' | 'logits';
  /** A probability at or above it means the positive class. */
  threshold: number | null;
}

/** A model that was trained elsewhere, from the file to the verdict. */
export interface Submission {
  /** pipeline/name: what events and versions call it. */
  submissionId: string;
  pipeline: string;
  /** submission-…, by what was made of the file: the same file with the same options has the same name. */
  name: string;
  state: 'submitted' | 'accepted' | 'refused';
  submittedBy: string;
  submittedAt: string;
  options: SubmissionOptions;
  /** What the file takes and tells apart. */
  inputs: { name: string; type: string }[];
  classes: string[] | null;
  decisionThreshold: number;
  original: FileReference;
  artifact: FileReference;
  decidedAt: string | null;
  /** Of an accepted one. */
  version: string | null;
  refusal: Pick<Refused, 'reason' | 'detail' | 'judgement'> | null;
}

const DIGITS = 16;

/** `number` from 1: a file that was refused may be submitted again. */
export function submissionName(artifactDigest: string, number: number): string {
  const base = `submission-${artifactDigest.slice('sha256:'.length, 'sha256:'.length + DIGITS)}`;
  return number === 1 ? base : `${base}-${number}`;
}

export function accept(submission: Submission, version: string, at: Date): Submission | null {
  if (submission.state !== 'submitted') return null;
  return { ...submission, state: 'accepted', version, decidedAt: at.toISOString() };
}

export function refuse(
  submission: Submission,
  refusal: NonNullable<Submission['refusal']>,
  at: Date,
): Submission | null {
  if (submission.state !== 'submitted') return null;
  return { ...submission, state: 'refused', refusal, decidedAt: at.toISOString() };
}
