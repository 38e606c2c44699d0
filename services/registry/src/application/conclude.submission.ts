import type { DataOf, submissionAcceptedV1, submissionRefusedV1 } from '@perennial/contracts';
import type { EventEnvelope, HandlerContext, OutgoingEvent } from '@perennial/messaging';
import type { Pipeline } from '@perennial/pipeline';
import { accept, refuse, type Submission } from '../domain/submission';
import type { StoredSubmission, SubmissionStore } from './ports';
import { RegistryError } from './registry.error';
import type { VersionRegistration } from './version.registration';

type Accepted = DataOf<typeof submissionAcceptedV1>;

/** What the evaluator found: an accepted model becomes a version, once, and awaits approval as any other. */
export class ConcludeSubmission {
  constructor(
    private readonly submissions: SubmissionStore,
    private readonly pipelines: ReadonlyMap<string, Pick<Pipeline, 'approval'>>,
    private readonly registration: VersionRegistration,
  ) {}

  async accepted(event: EventEnvelope<Accepted>, context: HandlerContext): Promise<OutgoingEvent[]> {
    const { data, correlationid: correlationId } = event;
    const declared = this.pipelines.get(data.pipeline);
    const stored = declared && (await this.find(data.submissionId, context));
    if (!declared || stored?.submission.state !== 'submitted') return [];
    const model = registrationOf(data, stored.submission);
    const createdAt = new Date(stored.submission.submittedAt);
    const occasion = { policy: declared.approval, createdAt, correlationId };
    const { version, events } = await this.registration.register(model, occasion, context);
    await this.save(stored, accept(stored.submission, version, context.now()), context);
    return events;
  }

  async refused(
    { data }: EventEnvelope<DataOf<typeof submissionRefusedV1>>,
    context: HandlerContext,
  ): Promise<OutgoingEvent[]> {
    if (!this.pipelines.has(data.pipeline)) return [];
    const { reason, detail, judgement } = data;
    const stored = await this.find(data.submissionId, context);
    await this.save(stored, refuse(stored.submission, { reason, detail, judgement }, context.now()), context);
    return [];
  }

  private async find(submissionId: string, { transaction }: HandlerContext): Promise<StoredSubmission> {
    const stored = await this.submissions.load(submissionId, transaction);
    if (stored) return stored;
    throw new RegistryError('SUBMISSION_UNKNOWN', `submission ${submissionId} is not known here`, { submissionId });
  }

  private async save(stored: StoredSubmission, submission: Submission | null, { transaction }: HandlerContext) {
    if (submission) await this.submissions.save({ ...stored, submission }, transaction);
  }
}

/** The submission stands where a trained version has its cycle and its run. */
function registrationOf(data: Accepted, { submissionId, pipeline, name, submittedBy, original }: Submission) {
  const { day, metrics, incumbentMetrics, verdict, artifact, decisionThreshold, holdoutRows } = data;
  return {
    ...{ pipeline, cycleId: submissionId, runId: `${pipeline}.${name}`, day, attempt: 1 },
    strategy: 'submitted' as const,
    finetunedFrom: null,
    hyperparameters: {},
    ...{ metrics, incumbentMetrics, verdict, data: data.data, artifact, checkpoint: null, decisionThreshold },
    submission: { submissionId, submittedBy, original, holdoutRows },
  };
}
