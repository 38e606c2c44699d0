import type { Transaction } from '@perennial/messaging';
import { sessionOf } from '@perennial/messaging-mongo';
import { type Connection, type Model, Schema } from 'mongoose';
import type { ReplicaStore } from '../application/ports';
import { type Replica, replicaKey } from '../domain/replica';

interface ReplicaDocument extends Replica {
  _id: string;
}

const text = { type: String, required: true };
const number = { type: Number, required: true };
const optional = { type: String, default: null };
const writeConcern = { w: 'majority' as const, j: true };

const replicaSchema = new Schema<ReplicaDocument>(
  {
    _id: text,
    replicaId: text,
    pipeline: text,
    state: text as never,
    version: optional,
    rolloutId: optional,
    trafficSequence: { type: Number, default: null },
    error: optional,
    heartbeatSeconds: number,
    reportedAt: number,
    aliveSince: number,
    stream: text,
    offset: number,
    saidAt: number,
  },
  { versionKey: false, autoIndex: false, autoCreate: false },
).index({ pipeline: 1 });

export class MongoReplicaStore implements ReplicaStore {
  private readonly replicas: Model<ReplicaDocument>;

  constructor(connection: Connection) {
    this.replicas = connection.model<ReplicaDocument>('InferenceReplica', replicaSchema, 'inference_replicas');
  }

  async prepare(): Promise<void> {
    await this.replicas.createCollection();
    await this.replicas.createIndexes();
  }

  async known(keys: readonly string[]): Promise<Replica[]> {
    return this.replicas.find({ _id: { $in: [...keys] } }, { _id: 0 }).lean<Replica[]>();
  }

  async save(replicas: readonly Replica[]): Promise<void> {
    const writes = replicas.map((replica) => {
      const _id = replicaKey(replica);
      return { replaceOne: { filter: { _id }, replacement: { _id, ...replica }, upsert: true } };
    });
    if (writes.length > 0) await this.replicas.bulkWrite(writes, { ordered: false, writeConcern });
  }

  async of(pipeline: string, transaction?: Transaction): Promise<Replica[]> {
    const session = transaction ? sessionOf(transaction) : null;
    return this.replicas.find({ pipeline }, { _id: 0 }).sort({ replicaId: 1 }).session(session).lean<Replica[]>();
  }

  async all(): Promise<Replica[]> {
    return this.replicas.find({}, { _id: 0 }).sort({ pipeline: 1, replicaId: 1 }).lean<Replica[]>();
  }

  async forget(before: Date): Promise<void> {
    await this.replicas.deleteMany({ reportedAt: { $lt: before.getTime() } });
  }
}
