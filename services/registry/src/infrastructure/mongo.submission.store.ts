import type { Transaction } from '@perennial/messaging';
import { type Revisioned, saveByRevision, sessionOf } from '@perennial/messaging-mongo';
import { type Connection, type Model, Schema } from 'mongoose';
import type { StoredSubmission, SubmissionStore } from '../application/ports';
import type { Submission } from '../domain/submission';

type SubmissionDocument = Revisioned & { pipeline: string; submittedAt: string; submission: Submission };

const COLLECTION = 'model_submissions';
const text = { type: String, required: true } as const;

const submissionSchema = new Schema<SubmissionDocument>(
  {
    _id: text,
    revision: { type: Number, required: true },
    pipeline: text,
    submittedAt: text,
    submission: { type: Schema.Types.Mixed, required: true },
  } as never,
  { versionKey: false, minimize: false, autoIndex: false, autoCreate: false },
).index({ pipeline: 1, submittedAt: -1 });

export class MongoSubmissionStore implements SubmissionStore {
  private readonly submissions: Model<SubmissionDocument>;

  constructor(private readonly connection: Connection) {
    this.submissions = connection.model<SubmissionDocument>('ModelSubmission', submissionSchema, COLLECTION);
  }

  async prepare(): Promise<void> {
    await this.submissions.createCollection();
    await this.submissions.createIndexes();
  }

  async load(submissionId: string, transaction?: Transaction): Promise<StoredSubmission | null> {
    const session = transaction ? sessionOf(transaction) : null;
    const found = await this.submissions.findById(submissionId).session(session).lean<SubmissionDocument>();
    return found && { submission: found.submission, revision: found.revision };
  }

  async save({ submission, revision }: StoredSubmission, transaction: Transaction): Promise<void> {
    const { submissionId: _id, pipeline, submittedAt } = submission;
    // Plain JSON: an undefined field must not come back as null.
    const plain = JSON.parse(JSON.stringify(submission)) as Submission;
    const document = { _id, revision, pipeline, submittedAt, submission: plain };
    await saveByRevision(this.connection, COLLECTION, document, sessionOf(transaction));
  }

  async list(pipeline: string, limit: number): Promise<Submission[]> {
    const found = this.submissions.find({ pipeline }).sort({ submittedAt: -1 }).limit(limit);
    return (await found.lean<SubmissionDocument[]>()).map(({ submission }) => submission);
  }
}
