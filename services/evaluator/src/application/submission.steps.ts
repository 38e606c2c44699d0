import { submissionAcceptedV1, submissionRefusedV1 } from '@perennial/contracts';
import { emit, type OutgoingEvent, traceToContinue } from '@perennial/messaging';
import type { Pipeline } from '@perennial/pipeline';
import { policyOf } from '../domain/cycle.policy';
import {
  decideSubmission,
  judgeableBatch,
  type SubmissionInput,
  type SubmissionVerdict,
} from '../domain/submission.decider';
import { hasEnded } from '../domain/submission.state';
import type { Step } from './cycle.step';
import type { EvaluatorStores, StoredSubmission } from './cycle.stores';

/** Moves submissions on: load, decide, save. Whoever calls it minds the lane. */
export class SubmissionSteps {
  constructor(
    private readonly stores: Pick<EvaluatorStores, 'submissions' | 'serving' | 'batches'>,
    private readonly onJudgeable: () => void = () => undefined,
  ) {}

  /** Null where the input is repeated or out of place. */
  async tell(submissionId: string, input: SubmissionInput, step: Step) {
    const known = await this.stores.submissions.load(submissionId, step.transaction);
    return this.move(known, input, step);
  }

  /** Its turn has come. */
  async start(submissionId: string, pipeline: Pipeline, step: Step) {
    const { transaction } = step;
    const known = await this.stores.submissions.load(submissionId, transaction);
    if (!known) throw new Error(`submission ${submissionId} is queued but not stored`);
    const { serving } = await this.stores.serving.load(pipeline.name, transaction);
    const batches = await this.stores.batches.ofView(pipeline.dataset.name, transaction);
    const incumbent = serving && { version: serving.version, model: serving.model };
    const batch = judgeableBatch(batches, pipeline.gate.minimumRows);
    const moved = await this.move(
      known,
      { type: 'start', terms: { policy: policyOf(pipeline), incumbent, batch } },
      step,
    );
    return { ended: hasEnded(moved?.submission ?? known.submission), events: moved?.outgoing ?? [] };
  }

  private async move(known: StoredSubmission | null, input: SubmissionInput, step: Step) {
    const decided = decideSubmission(known?.submission ?? null, input);
    if (!decided) return null;
    const { submission, verdict } = decided;
    const { transaction, now, causationId } = step;
    const { correlationId, revision } = known ?? { correlationId: step.correlationId, revision: 0 };
    const about = { correlationId, causationId, trace: traceToContinue(), updatedAt: now.getTime() };
    await this.stores.submissions.save({ submission, ...about, revision }, transaction);
    if (submission.status === 'judging') transaction.afterCommit(this.onJudgeable);
    return { submission, outgoing: outgoing(verdict, correlationId) };
  }
}

function outgoing(verdict: SubmissionVerdict | null, correlationId: string): OutgoingEvent[] {
  if (verdict === null) return [];
  return verdict.type === 'submission-accepted'
    ? [emit(submissionAcceptedV1, verdict.data, { correlationId })]
    : [emit(submissionRefusedV1, verdict.data, { correlationId })];
}
