import { createHash } from 'node:crypto';
import { modelSubmittedV1 } from '@perennial/contracts';
import { type Clock, codeOf, emit, type Transactor } from '@perennial/messaging';
import type { Pipeline } from '@perennial/pipeline';
import { ServiceError } from '@perennial/service';
import { type Submission, submissionName, type SubmissionOptions } from '../domain/submission';
import { ARTIFACTS, type FileStore, type PrepareModel, type SubmissionStore } from './ports';
import { pipelineOf } from './version.lookup';

export interface SubmittedFile {
  bytes: Uint8Array;
  submittedBy: string;
  options: SubmissionOptions;
  /** Judge a file again that was refused. */
  again: boolean;
}

/** Files that are looked at at one time: each may take a process with half a gigabyte. */
const AT_ONCE = 2;
const ONNX = 'application/onnx';

const digestOf = (bytes: Uint8Array): string => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;

/** Takes a model that was trained elsewhere: checks it, makes it one that can be served, and asks for its judgement. */
export class SubmitModel {
  private looking = 0;

  constructor(
    private readonly submissions: SubmissionStore,
    private readonly pipelines: ReadonlyMap<string, Pipeline>,
    private readonly files: FileStore,
    private readonly prepare: PrepareModel,
    private readonly transactor: Pick<Transactor, 'transact'>,
    private readonly clock: Clock,
  ) {}

  /**
   * The same file with the same options is the same submission. Nothing of a file that is refused is stored. Throws
   * UNKNOWN_PIPELINE, UNSUITABLE_MODEL (422), SUBMISSIONS_BUSY and TRIAL_UNFINISHED (503).
   */
  async run(pipeline: string, file: SubmittedFile): Promise<{ submission: Submission; created: boolean }> {
    const declared = pipelineOf(this.pipelines, pipeline);
    const prepared = await this.inTurn(() => this.prepare(file.bytes, declared, file.options, digestOf(file.bytes)));
    const digest = digestOf(prepared.artifact);
    for (let number = 1; ; number++) {
      const name = submissionName(digest, number);
      const known = await this.submissions.load(`${pipeline}/${name}`);
      const over = known?.submission.state === 'refused' && file.again;
      if (known && !over) return { submission: known.submission, created: false };
      if (!known) return this.store(pipeline, name, file, prepared);
    }
  }

  private async inTurn<T>(work: () => Promise<T>): Promise<T> {
    if (this.looking >= AT_ONCE) {
      const message = `${AT_ONCE} submitted files are being looked at: try again`;
      throw new ServiceError('SUBMISSIONS_BUSY', 503, message, { limit: AT_ONCE });
    }
    this.looking += 1;
    try {
      return await work();
    } finally {
      this.looking -= 1;
    }
  }

  private async store(
    pipeline: string,
    name: string,
    { bytes, submittedBy, options }: SubmittedFile,
    { artifact: made, ...told }: Awaited<ReturnType<PrepareModel>>,
  ): Promise<{ submission: Submission; created: boolean }> {
    const submissionId = `${pipeline}/${name}`;
    const put = (content: Uint8Array, path: string) =>
      this.files.put(ARTIFACTS, content, { mediaType: ONNX, name: `${pipeline}.${name}/${path}` });
    const [original, artifact] = [await put(bytes, 'submitted.onnx'), await put(made, 'model.onnx')];
    const submission: Submission = {
      ...{ submissionId, pipeline, name, state: 'submitted', submittedBy, submittedAt: this.clock.now().toISOString() },
      ...{ options, ...told, original, artifact, decidedAt: null, version: null, refusal: null },
    };
    const { decisionThreshold } = submission;
    try {
      await this.transactor.transact(
        async (transaction) => {
          await this.submissions.save({ submission, revision: 0 }, transaction);
          const event = { submissionId, pipeline, submittedBy, original, artifact, decisionThreshold };
          return [emit(modelSubmittedV1, event)];
        },
        { correlationId: submissionId },
      );
      return { submission, created: true };
    } catch (error) {
      const first = codeOf(error) === 'CONFLICT' ? await this.submissions.load(submissionId) : null;
      if (first) return { submission: first.submission, created: false };
      throw error;
    }
  }
}
