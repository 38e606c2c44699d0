import { cycleStartedV1, type DataOf, viewUpdatedV1 } from '@perennial/contracts';
import type { History, ObservedDocument, ObservedEvent, ServingReplica } from '@perennial/integrity';
import { type KafkaConfig, scanTopics } from '@perennial/messaging-kafka';
import { connectDatabase, type MongoConfig } from '@perennial/messaging-mongo';
import { type ObjectStoreConfig, objectStoreFromConfig } from '@perennial/object-store';
import type { Pipeline } from '@perennial/pipeline';
import type { mongo } from 'mongoose';
import { quiet } from '../kafka/broker.access';
import { readGroups } from './consumer.groups';
import { FileReader } from './file.reader';
import { readQuarantine } from './quarantine.read';
import { accountDays, readArtifacts, type RowParts, splitBatches } from './row.accounts';
import { readDocuments } from './stored.documents';
import { SubmittedRows } from './submitted.rows';
import { foldedTopics, TopicFold, topicsToRead } from './topic.fold';
import { unfinishedWork } from './unfinished.work';

export interface Installation {
  readonly kafka: KafkaConfig;
  readonly mongo: MongoConfig;
  readonly objects: ObjectStoreConfig;
  readonly pipelines: readonly Pipeline[];
  /** Of the names of its consumer groups. */
  readonly suffix: string;
}

export interface LiveOptions {
  /** Rows of earlier days are not read, yyyy-MM-dd. */
  readonly since?: string;
  /** How long to wait for what is under way. */
  readonly waitMs: number;
  readonly signal?: AbortSignal;
}

export interface LiveHistory {
  readonly history: History;
  /** What was still under way when the waiting ended, or has begun since. */
  readonly unfinished: readonly string[];
  /** Whether something has begun while it was read. */
  readonly interrupted: boolean;
}

const pauseMs = 500;
/** How long inboxes keep their marks and outboxes the counters of idle keys. */
const keptMs = 30 * 24 * 60 * 60 * 1000;
const heartbeats = 3;

async function settle(installation: Installation, database: mongo.Db, { waitMs, signal }: LiveOptions) {
  const deadline = performance.now() + waitMs;
  for (;;) {
    const unfinished = await unfinishedWork(installation.kafka, installation.suffix, database);
    if (unfinished.length === 0 || performance.now() > deadline || signal?.aborted) return unfinished;
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
}

interface ReplicaContent {
  readonly pipeline: string;
  readonly replicaId: string;
  readonly state: string;
  readonly version: string | null;
  readonly trafficSequence: number | null;
  readonly reportedAt: number;
  readonly heartbeatSeconds: number;
}

/** Replicas that have reported lately. */
function liveReplicas(documents: readonly ObservedDocument[], now: number): ServingReplica[] {
  return documents
    .map(({ content }) => content as ReplicaContent)
    .filter(({ state, reportedAt, heartbeatSeconds }) => {
      return state !== 'stopped' && now - reportedAt < heartbeats * heartbeatSeconds * 1000;
    })
    .map(({ pipeline, replicaId: replica, version, trafficSequence }) => ({
      pipeline,
      replica,
      version,
      trafficSequence,
    }));
}

/**
 * Everything that can be seen of an installation from its broker, its database and its files. Waits until nothing is
 * under way; what is then still is told, and the history says that it is not at rest. Offsets are read first, then
 * documents, then topics: an effect that is missing was missing already when its cause was passed.
 */
export async function readLiveHistory(installation: Installation, options: LiveOptions): Promise<LiveHistory> {
  const { kafka, mongo, objects, pipelines, suffix } = installation;
  const connection = await connectDatabase(mongo, 'perennial-verify');
  try {
    const database = connection.db!;
    const unfinished = await settle(installation, database, options);
    const groups = await readGroups(kafka, suffix);
    const documents = await readDocuments(database);
    const quarantine = await readQuarantine(database);
    const submitted = new SubmittedRows([...datasetsOf(pipelines)], options.since);
    const fold = new TopicFold(submitted);
    const ranges = await scanTopics(kafka, [...topicsToRead], quiet, (record) => fold.take(record));
    // What has begun in the meantime may have been read in part.
    const begun = unfinished.length > 0 ? unfinished : await unfinishedWork(kafka, suffix, database);
    const files = new FileReader(objectStoreFromConfig(objects, connection));
    const parts: RowParts = {
      ...{ pipelines, events: fold.events, documents, submitted, since: options.since, files },
      submittedWhole: !ranges.some(({ topic, first }) => topic === foldedTopics[0] && first > 0),
      quarantined: quarantine.places,
    };
    const rows = await accountDays(parts);
    const splits = await splitBatches(parts);
    await readArtifacts(parts);
    const since = new Date(Date.now() - keptMs).toISOString();
    const history: History = {
      pipelines: pipelines.map((pipeline) => factsOf(pipeline, fold.events)),
      atRest: begun.length === 0,
      ...{ events: fold.events, ranges, folded: foldedTopics, deadLetters: fold.deadLetters, groups, documents },
      ...{ rows, splits, quarantine: quarantine.explained, files: files.result(), served: fold.served.result() },
      serving: liveReplicas(documents.inference_replicas ?? [], Date.now()),
      ...{ marksSince: since, countersSince: since },
    };
    return { history, unfinished: begun, interrupted: unfinished.length === 0 && begun.length > 0 };
  } finally {
    await connection.close();
  }
}

const datasetsOf = (pipelines: readonly Pipeline[]) =>
  new Map(pipelines.map(({ dataset }) => [dataset.name, dataset])).values();

/** When the first data was ready that a pipeline made a cycle of; a pipeline without cycles may be a new one. */
function firstReady(pipeline: string, events: readonly ObservedEvent[]): string | undefined {
  const cycles = events.filter(({ type }) => type === cycleStartedV1.type) as { data: DataOf<typeof cycleStartedV1> }[];
  const batches = new Set(cycles.filter(({ data }) => data.pipeline === pipeline).map(({ data }) => data.batchId));
  const ready = events.filter(
    ({ type, data }) => type === viewUpdatedV1.type && batches.has((data as { batchId: string }).batchId),
  );
  return ready.map(({ time }) => time).sort()[0];
}

const factsOf = (
  { name, dataset, improvement }: Pipeline,
  events: readonly ObservedEvent[],
): History['pipelines'][number] => ({
  name,
  dataset: dataset.name,
  maxAttempts: improvement.maxAttempts,
  since: firstReady(name, events) ?? new Date().toISOString(),
});
