import { type Connection, type Model, Schema } from 'mongoose';
import type { ObservationStore } from '../application/ports';
import { type Observation, observationKey } from '../domain/observation';

interface ObservationDocument {
  /** See `observationKey`. */
  _id: string;
  pipeline: string;
  experimentId: string;
  at: number;
  observation: Observation;
}

const text = { type: String, required: true };
const writeConcern = { w: 'majority' as const, j: true };

const observationSchema = new Schema<ObservationDocument>(
  {
    _id: text,
    pipeline: text,
    experimentId: text,
    at: { type: Number, required: true },
    observation: { type: Schema.Types.Mixed, required: true },
  },
  { versionKey: false, autoIndex: false, autoCreate: false, minimize: false },
).index({ pipeline: 1, experimentId: 1 });

export class MongoObservationStore implements ObservationStore {
  private readonly observations: Model<ObservationDocument>;

  constructor(connection: Connection) {
    this.observations = connection.model<ObservationDocument>(
      'TrafficObservation',
      observationSchema,
      'traffic_observations',
    );
  }

  async prepare(): Promise<void> {
    await this.observations.createCollection();
    await this.observations.createIndexes();
  }

  async known(keys: readonly string[]): Promise<Observation[]> {
    return contents(await this.observations.find({ _id: { $in: [...keys] } }).lean<ObservationDocument[]>());
  }

  async save(observations: readonly Observation[]): Promise<void> {
    const writes = observations.map((observation) => {
      const _id = observationKey(observation);
      const { pipeline, experimentId, at } = observation;
      const replacement = { _id, pipeline, experimentId, at, observation };
      return { replaceOne: { filter: { _id }, replacement, upsert: true } };
    });
    if (writes.length > 0) await this.observations.bulkWrite(writes, { ordered: false, writeConcern });
  }

  async of(pipeline: string, experimentId: string): Promise<Observation[]> {
    return contents(await this.observations.find({ pipeline, experimentId }).lean<ObservationDocument[]>());
  }

  async forget(before: Date): Promise<void> {
    await this.observations.deleteMany({ at: { $lt: before.getTime() } });
  }
}

const contents = (documents: readonly ObservationDocument[]): Observation[] =>
  documents.map(({ observation }) => observation);
