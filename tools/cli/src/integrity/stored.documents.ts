import { serviceNames } from '@perennial/contracts';
import type { ObservedDocument } from '@perennial/integrity';
import { collectionNames } from '@perennial/messaging-mongo';
import type { mongo } from 'mongoose';

type Projection = Readonly<Record<string, 1>>;

const fields = (...names: string[]): Projection => Object.fromEntries(names.map((name) => [name, 1]));

/** What is looked at of each collection; the rest stays where it is. */
const collections: Readonly<Record<string, Projection>> = {
  evaluation_cycles: fields('revision', 'status', 'terms.policy', 'attempts.attempt', 'attempts.failure', 'pipeline'),
  training_runs: fields('revision', 'state', 'pipeline'),
  model_metadata: fields(
    ...['revision', 'pipeline', 'version', 'state', 'cycle_id', 'run_id', 'finetuned_from', 'artifact', 'history'],
    ...['data.batches', 'data.raw'],
  ),
  deployments: fields('revision', 'deployment'),
  serving_models: fields('revision', 'version', 'sequence'),
  alerts: fields('revision', 'pipeline', 'kind', 'dedupKey', 'state', 'occurrences.key'),
  notifications: fields('revision', 'alertId', 'channel', 'action', 'state', 'tries'),
  inference_replicas: fields(
    ...['pipeline', 'replicaId', 'state', 'version', 'trafficSequence', 'reportedAt', 'heartbeatSeconds'],
  ),
  ingestion_days: fields('revision', 'dataset', 'day', 'open', 'batches.number', 'batches.state'),
};

/** Heartbeats leave a mark each; none of them is asked for. */
const ofReplicas = JSON.stringify('/perennial/inference');

export type Documents = Readonly<Record<string, readonly ObservedDocument[]>>;

async function read(database: mongo.Db, collection: string, projection: Projection, keep = (_id: string) => true) {
  const found: ObservedDocument[] = [];
  for await (const document of database.collection(collection).find({}, { projection })) {
    const { _id, ...content } = document as { _id: unknown; revision?: unknown };
    const id = String(_id);
    if (keep(id)) found.push({ id, revision: typeof content.revision === 'number' ? content.revision : null, content });
  }
  return found;
}

/** What the services' collections hold now. A collection that does not exist holds nothing. */
export async function readDocuments(database: mongo.Db): Promise<Documents> {
  const documents: Record<string, readonly ObservedDocument[]> = {};
  for (const service of serviceNames) {
    const { inbox, outbox, sequences, positions } = collectionNames(service);
    documents[inbox] = await read(database, inbox, fields('_id'), (id) => !id.includes(ofReplicas));
    documents[outbox] = await read(database, outbox, fields('id', 'topic', 'key', 'lane', 'sequence', 'publishedAt'));
    documents[sequences] = await read(database, sequences, fields('last'));
    documents[positions] = await read(database, positions, fields('published'));
  }
  for (const [collection, projection] of Object.entries(collections)) {
    documents[collection] = await read(database, collection, projection);
  }
  return documents;
}
