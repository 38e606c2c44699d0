import { ConflictError, type Transaction } from '@perennial/messaging';
import { transactionOf } from '@perennial/messaging/testing';
import type { StoredSubmission, SubmissionStore } from '../application/ports';
import type { Submission } from '../domain/submission';

export class InMemorySubmissionStore implements SubmissionStore {
  readonly submissions = new Map<string, StoredSubmission>();

  async load(submissionId: string): Promise<StoredSubmission | null> {
    return this.submissions.get(submissionId) ?? null;
  }

  async save(stored: StoredSubmission, transaction: Transaction): Promise<void> {
    const { submissionId } = stored.submission;
    const known = this.submissions.get(submissionId)?.revision ?? 0;
    if (known !== stored.revision) throw new ConflictError(`${submissionId} was changed`);
    transactionOf(transaction).onCommit(() =>
      this.submissions.set(submissionId, { ...stored, revision: stored.revision + 1 }),
    );
  }

  async list(pipeline: string, limit: number): Promise<Submission[]> {
    const all = [...this.submissions.values()].map(({ submission }) => submission);
    return all
      .filter((each) => each.pipeline === pipeline)
      .reverse()
      .slice(0, limit);
  }
}
