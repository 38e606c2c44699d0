import { ConflictError, type Transaction } from '@perennial/messaging';
import { sessionOf } from '@perennial/messaging-mongo';
import { type Connection, type Model, Schema } from 'mongoose';
import type { DeploymentStep, DeploymentStore, StoredDeployment } from '../application/ports';
import { type Deployment, newDeployment } from '../domain/deployment';
import type { DeploymentEvent } from '../domain/deployment.events';

interface DeploymentDocument {
  /** Pipeline. */
  _id: string;
  revision: number;
  deployment: Deployment;
}

interface StepDocument extends DeploymentStep {
  /** Pipeline, revision and position, so that a step cannot be written twice. */
  _id: string;
  revision: number;
  position: number;
}

const DUPLICATE_KEY = 11000;
const options = { versionKey: false, autoIndex: false, autoCreate: false, minimize: false } as const;
const text = { type: String, required: true };
const number = { type: Number, required: true };

const deploymentSchema = new Schema<DeploymentDocument>(
  { _id: text, revision: number, deployment: { type: Schema.Types.Mixed, required: true } },
  options,
);

const stepSchema = new Schema<StepDocument>(
  {
    _id: text,
    pipeline: text,
    revision: number,
    position: number,
    at: { type: Date, required: true },
    type: text,
    event: { type: Schema.Types.Mixed, required: true },
  },
  options,
).index({ pipeline: 1, revision: -1, position: -1 });

export class MongoDeploymentStore implements DeploymentStore {
  private readonly deployments: Model<DeploymentDocument>;
  private readonly steps: Model<StepDocument>;

  constructor(connection: Connection) {
    this.deployments = connection.model<DeploymentDocument>('Deployment', deploymentSchema, 'deployments');
    this.steps = connection.model<StepDocument>('DeploymentEvent', stepSchema, 'deployment_events');
  }

  /** Transactions write to collections that exist already. */
  async prepare(): Promise<void> {
    await this.deployments.createCollection();
    await this.steps.createCollection();
    await this.steps.createIndexes();
  }

  async load(pipeline: string, transaction?: Transaction): Promise<StoredDeployment> {
    const session = transaction ? sessionOf(transaction) : null;
    const document = await this.deployments.findById(pipeline).session(session).lean<DeploymentDocument>();
    if (!document) return { deployment: newDeployment(pipeline), revision: 0 };
    return { deployment: document.deployment, revision: document.revision };
  }

  async all(): Promise<Deployment[]> {
    const documents = await this.deployments.find({}, { deployment: 1 }).lean<DeploymentDocument[]>();
    return documents.map(({ deployment }) => deployment);
  }

  async save(
    { deployment, revision }: StoredDeployment,
    events: readonly DeploymentEvent[],
    at: Date,
    transaction: Transaction,
  ): Promise<void> {
    const { pipeline } = deployment;
    const next = revision + 1;
    const steps = events.map((event, position) => ({
      _id: `${pipeline}/${next}/${position}`,
      pipeline,
      revision: next,
      position,
      at,
      type: event.type,
      event,
    }));
    const session = sessionOf(transaction);
    await this.replace({ _id: pipeline, revision: next, deployment }, revision, transaction);
    await this.steps.insertMany(steps, { session });
  }

  async history(pipeline: string, limit: number): Promise<DeploymentStep[]> {
    return this.steps.find({ pipeline }).sort({ revision: -1, position: -1 }).limit(limit).lean<StepDocument[]>();
  }

  private async replace(document: DeploymentDocument, revision: number, transaction: Transaction): Promise<void> {
    const session = sessionOf(transaction);
    if (revision > 0) {
      const { matchedCount } = await this.deployments.replaceOne({ _id: document._id, revision }, document, {
        session,
      });
      if (matchedCount === 0) throw changedMeanwhile(document._id);
      return;
    }
    try {
      await this.deployments.insertMany([document], { session });
    } catch (error) {
      throw (error as { code?: unknown }).code === DUPLICATE_KEY ? changedMeanwhile(document._id, error) : error;
    }
  }
}

const changedMeanwhile = (pipeline: string, cause?: unknown): ConflictError =>
  new ConflictError(`The deployment of ${pipeline} was changed meanwhile`, {
    details: { collection: 'deployments', id: pipeline },
    cause,
  });
