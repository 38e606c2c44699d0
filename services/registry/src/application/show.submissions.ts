import { ServiceError } from '@perennial/service';
import type { Submission } from '../domain/submission';
import type { SubmissionStore } from './ports';
import { pipelineOf } from './version.lookup';

export class ShowSubmissions {
  constructor(
    private readonly submissions: SubmissionStore,
    private readonly pipelines: ReadonlyMap<string, unknown>,
  ) {}

  /** Newest first. Throws UNKNOWN_PIPELINE. */
  async list(pipeline: string, limit: number): Promise<Submission[]> {
    pipelineOf(this.pipelines, pipeline);
    return this.submissions.list(pipeline, limit);
  }

  /** Throws UNKNOWN_PIPELINE and UNKNOWN_SUBMISSION. */
  async one(pipeline: string, name: string): Promise<Submission> {
    pipelineOf(this.pipelines, pipeline);
    const stored = await this.submissions.load(`${pipeline}/${name}`);
    if (stored) return stored.submission;
    const message = `submission is ${name}: ${pipeline} has no such submission`;
    throw new ServiceError('UNKNOWN_SUBMISSION', 404, message, { field: 'submission', value: name });
  }
}
