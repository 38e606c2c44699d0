import { serviceNames, topics } from '@perennial/contracts';
import type { KafkaConfig } from '@perennial/messaging-kafka';
import { collectionNames } from '@perennial/messaging-mongo';
import type { mongo } from 'mongoose';
import { platformLag } from '../kafka/group.lag';

/** Heartbeats, predictions and what is counted of them never end; nothing that is checked waits for them. */
const endless: ReadonlySet<string> = new Set(
  [topics.replicas, topics.predictions, topics.observations, topics.labels].map(({ name }) => name),
);

const waits: readonly { collection: string; filter: object; what: string }[] = [
  { collection: 'ingestion_days', filter: { 'batches.state': 'closing' }, what: 'days being stored' },
  {
    collection: 'evaluation_cycles',
    filter: { status: { $in: ['queued', 'judging', 'improving', 'judging-candidate'] } },
    what: 'cycles',
  },
  {
    collection: 'evaluation_submissions',
    filter: { status: { $in: ['queued', 'judging'] } },
    what: 'submitted models',
  },
  {
    collection: 'training_runs',
    filter: { state: { $in: ['queued', 'running', 'searching'] } },
    what: 'training runs',
  },
  { collection: 'deployments', filter: { 'deployment.phase': 'rolling' }, what: 'rollouts' },
];

/** What is still under way, in words; empty: the installation is at rest. */
export async function unfinishedWork(config: KafkaConfig, suffix: string, database: mongo.Db): Promise<string[]> {
  const lag = (await platformLag(config, suffix)).filter(
    ({ topic, lag: records }) => records > 0 && !endless.has(topic),
  );
  const found = lag.map(({ group, topic, lag: records }) => `${group} is ${records} records behind on ${topic}`);
  for (const service of serviceNames) {
    const count = await database.collection(collectionNames(service).outbox).countDocuments({ publishedAt: null });
    if (count > 0) found.push(`${service} has ${count} events to publish`);
  }
  for (const { collection, filter, what } of waits) {
    const count = await database.collection(collection).countDocuments(filter);
    if (count > 0) found.push(`${what}: ${count}`);
  }
  return found;
}
