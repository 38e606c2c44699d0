import type { Metrics } from '@perennial/contracts';
import { type Clock, inWorkSpan, type Logger, type Transactor } from '@perennial/messaging';
import { undefinedMetrics } from '../domain/gate.verdict';
import { type SubmissionInput, termsOf } from '../domain/submission.decider';
import type { Submission, SubmissionTerms } from '../domain/submission.state';
import type { AdvanceSubmissions } from './advance.submissions';
import type { StoredSubmission } from './cycle.stores';
import { reasonOf, type ScoreModels } from './score.models';

/** Scores a submitted model and the incumbent on the same rows, and tells the submission. Twice changes nothing. */
export class JudgeSubmissions {
  constructor(
    private readonly scores: ScoreModels,
    private readonly submissions: AdvanceSubmissions,
    private readonly transactor: Transactor,
    private readonly clock: Clock,
    private readonly logger: Logger,
  ) {}

  /** Throws what may pass when tried again; `tries` counts from 1. */
  async run(stored: StoredSubmission, tries: number, signal: AbortSignal): Promise<void> {
    const { submission, trace = {} } = stored;
    if (submission.status !== 'judging') return;
    const attributes = { 'perennial.submission.id': submission.submissionId };
    await inWorkSpan('judge submission', trace, attributes, () => this.judgeAndTell(stored, tries, signal));
  }

  private async judgeAndTell(stored: StoredSubmission, tries: number, signal: AbortSignal): Promise<void> {
    const { submission, correlationId, causationId } = stored;
    const input = await this.judge(submission, tries, signal);
    signal.throwIfAborted();
    await this.transactor.transact(
      (transaction) => {
        const step = { transaction, now: this.clock.now(), correlationId, causationId };
        return this.submissions.tell(submission.submissionId, input, step);
      },
      { correlationId, causationId: causationId ?? undefined },
    );
  }

  private async judge(submission: Submission, tries: number, signal: AbortSignal): Promise<SubmissionInput> {
    const { submissionId, artifact, decisionThreshold } = submission;
    const terms = termsOf(submission);
    const model = { version: null, runId: null, artifact, checkpoint: null, decisionThreshold };
    try {
      const comparison = { subject: submissionId, batch: terms.batch, policy: terms.policy };
      const { holdoutRows, metrics } = await this.scores.score(model, comparison, signal);
      const incumbentMetrics = await this.incumbentMetrics(submission, terms, tries, signal);
      const { metric } = terms.policy.gate;
      this.logger.info({ submissionId, holdoutRows, score: metrics[metric] }, 'submitted model judged');
      return { type: 'judged', holdoutRows, metrics, incumbentMetrics };
    } catch (error) {
      if (signal.aborted || this.scores.mayPass(error, tries)) throw error;
      this.logger.error({ submissionId, err: error }, 'submitted model cannot be judged');
      return { type: 'judgement-failed', reason: reasonOf(error) };
    }
  }

  /** An incumbent that cannot be scored, as with a damaged artifact, is worse than any model that can. */
  private async incumbentMetrics(
    { submissionId }: Submission,
    { incumbent, batch, policy }: SubmissionTerms,
    tries: number,
    signal: AbortSignal,
  ): Promise<Metrics | null> {
    if (incumbent === null) return null;
    try {
      return (await this.scores.score(incumbent.model, { subject: submissionId, batch, policy }, signal)).metrics;
    } catch (error) {
      if (signal.aborted || this.scores.mayPass(error, tries)) throw error;
      this.logger.error({ submissionId, version: incumbent.version, err: error }, 'the serving model cannot be judged');
      return undefinedMetrics;
    }
  }
}
