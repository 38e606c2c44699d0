import type { Transaction } from '@perennial/messaging';
import { type Revisioned, saveByRevision, sessionOf } from '@perennial/messaging-mongo';
import { type Connection, type Model, Schema } from 'mongoose';
import type { StoredSubmission, SubmissionStore } from '../application/cycle.stores';
import type { Submission } from '../domain/submission.state';
import { createCollections } from './collections';

type SubmissionDocument = Revisioned &
  Omit<Submission, 'submissionId'> &
  Omit<StoredSubmission, 'submission' | 'revision'>;

const text = { type: String, required: true } as const;
const { Mixed } = Schema.Types;

const submissionSchema = new Schema<SubmissionDocument>(
  {
    _id: text,
    pipeline: text,
    artifact: { type: Mixed, required: true },
    decisionThreshold: { type: Number, required: true },
    status: text,
    terms: { type: Mixed, default: null },
    correlationId: text,
    causationId: { type: String, default: null },
    trace: { type: Mixed },
    updatedAt: { type: Number, required: true },
    revision: { type: Number, required: true },
  } as never,
  { versionKey: false, minimize: false, autoCreate: false, autoIndex: false, collection: 'evaluation_submissions' },
).index({ status: 1, updatedAt: 1 });

const stored = ({ _id, revision, ...document }: SubmissionDocument): StoredSubmission => {
  const { correlationId, causationId, trace, updatedAt, ...submission } = document;
  return { submission: { submissionId: _id, ...submission }, correlationId, causationId, trace, updatedAt, revision };
};

export class MongoSubmissionStore implements SubmissionStore {
  private readonly submissions: Model<SubmissionDocument>;

  constructor(connection: Connection) {
    this.submissions = connection.model<SubmissionDocument>('evaluator.Submission', submissionSchema);
  }

  prepare(): Promise<void> {
    return createCollections([this.submissions]);
  }

  async load(submissionId: string, transaction: Transaction): Promise<StoredSubmission | null> {
    const session = sessionOf(transaction);
    const document = await this.submissions.findById(submissionId, null, { session }).lean<SubmissionDocument>();
    return document && stored(document);
  }

  async find(submissionId: string): Promise<StoredSubmission | null> {
    const document = await this.submissions.findById(submissionId).lean<SubmissionDocument>();
    return document && stored(document);
  }

  async save({ submission, ...about }: StoredSubmission, transaction: Transaction): Promise<void> {
    const { submissionId, ...fields } = submission;
    const document: SubmissionDocument = { _id: submissionId, ...fields, ...about };
    await saveByRevision(this.submissions.db, this.submissions.collection.name, document, sessionOf(transaction));
  }

  async judging(limit: number, except: readonly string[]): Promise<StoredSubmission[]> {
    const filter = { status: 'judging', ...(except.length > 0 && { _id: { $nin: [...except] } }) };
    const found = this.submissions.find(filter as never).sort({ updatedAt: 1 });
    return (await found.limit(limit).lean<SubmissionDocument[]>()).map(stored);
  }
}
