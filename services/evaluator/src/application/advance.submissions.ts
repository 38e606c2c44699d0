import type { DataOf, modelSubmittedV1 } from '@perennial/contracts';
import type { OutgoingEvent } from '@perennial/messaging';
import { enqueue, finish } from '../domain/pipeline.lane';
import type { SubmissionInput } from '../domain/submission.decider';
import { hasEnded } from '../domain/submission.state';
import type { AdvanceCycles } from './advance.cycles';
import type { Step } from './cycle.step';

/**
 * Submitted models take their turn in the lane of their pipeline, between its days: whatever is judged at one time competes
 * with one incumbent.
 */
export class AdvanceSubmissions {
  constructor(
    private readonly cycles: AdvanceCycles,
    private readonly declared: { has(pipeline: string): boolean },
  ) {}

  async submit(model: DataOf<typeof modelSubmittedV1>, step: Step): Promise<OutgoingEvent[]> {
    const { submissionId, pipeline } = model;
    if (!this.declared.has(pipeline)) return [];
    const moved = await this.cycles.submissions.tell(submissionId, { type: 'submit', model }, step);
    if (!moved) return [];
    return [...moved.outgoing, ...(await this.cycles.settle(pipeline, step, (lane) => enqueue(lane, submissionId)))];
  }

  /** What is late or repeated changes nothing. */
  async tell(submissionId: string, input: SubmissionInput, step: Step): Promise<OutgoingEvent[]> {
    const moved = await this.cycles.submissions.tell(submissionId, input, step);
    if (!moved) return [];
    const { submission, outgoing } = moved;
    if (!hasEnded(submission)) return outgoing;
    const until = submission.status === 'accepted' ? this.cycles.awaitUntil(submission.pipeline, step.now) : null;
    return [
      ...outgoing,
      ...(await this.cycles.settle(submission.pipeline, step, (lane) => finish(lane, submissionId, until))),
    ];
  }
}
