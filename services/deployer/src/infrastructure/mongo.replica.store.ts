import type { Transaction } from '@perennial/messaging';
import { sessionOf } from '@perennial/messaging-mongo';
import { type Connection, type Model, Schema } from 'mongoose';
import type { ReplicaStore } from '../application/ports';
import type { Replica } from '../domain/replica';

interface ReplicaDocument extends Replica {
  _id: string;
}

const text = { type: String, required: true };
const number = { type: Number, required: true };
const optional = { type: String, default: null };

const replicaSchema = new Schema<ReplicaDocument>(
  {
    _id: text,
    replicaId: text,
    pipeline: text,
    state: text as never,
    version: optional,
    rolloutId: optional,
    error: optional,
    heartbeatSeconds: number,
    reportedAt: number,
    aliveSince: number,
  },
  { versionKey: false, autoIndex: false, autoCreate: false },
).index({ pipeline: 1 });

const idOf = (replicaId: string, pipeline: string): string => `${replicaId}/${pipeline}`;

export class MongoReplicaStore implements ReplicaStore {
  private readonly replicas: Model<ReplicaDocument>;

  constructor(connection: Connection) {
    this.replicas = connection.model<ReplicaDocument>('InferenceReplica', replicaSchema, 'inference_replicas');
  }

  async prepare(): Promise<void> {
    await this.replicas.createCollection();
    await this.replicas.createIndexes();
  }

  async load(replicaId: string, pipeline: string, transaction: Transaction): Promise<Replica | null> {
    const id = idOf(replicaId, pipeline);
    return this.replicas.findById(id, { _id: 0 }).session(sessionOf(transaction)).lean<Replica>();
  }

  async save(replica: Replica, transaction: Transaction): Promise<void> {
    const _id = idOf(replica.replicaId, replica.pipeline);
    const options = { upsert: true, session: sessionOf(transaction) };
    await this.replicas.replaceOne({ _id }, { _id, ...replica }, options);
  }

  async of(pipeline: string, transaction?: Transaction): Promise<Replica[]> {
    const session = transaction ? sessionOf(transaction) : null;
    return this.replicas.find({ pipeline }, { _id: 0 }).sort({ replicaId: 1 }).session(session).lean<Replica[]>();
  }

  async forget(before: Date): Promise<void> {
    await this.replicas.deleteMany({ reportedAt: { $lt: before.getTime() } });
  }
}
