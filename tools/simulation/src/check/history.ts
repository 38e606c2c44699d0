import { readParquet, columnOf } from '@perennial/columns';
import { batchClosedV1, deadLetterTopic, events as contracts, topics } from '@perennial/contracts';
import { type BrokerRecord, decodeEnvelope } from '@perennial/messaging';
import { fromDeadLetterRecord } from '@perennial/messaging-kafka';
import {
  accountRows,
  type ConsumerGroup,
  type DocumentChange,
  type History,
  type ObservedDocument,
  type ObservedEvent,
  rowKeysOf,
  splitBatch,
} from '@perennial/integrity';
import { definitions, type Installation } from '../world/installation';
import { servedVersions } from '../world/settlement';
import type { StoryPipeline } from '../world/story';

const published = new Set(Object.values(topics).map(({ name }) => name));
const SHARES = [{ holdoutShare: 0.3, validationShare: 0.3 }];

/** Everything that was observed in a run. Reads files of the objects directly. */
export async function historyOf(
  installation: Installation,
  story: readonly StoryPipeline[],
  atRest: boolean,
): Promise<History> {
  const { broker, database, sink } = installation;
  const recordsOf = (topic: string) => broker.partitions(topic).flatMap(({ records }) => records);
  // In the order in which the broker took them: clocks of processes may be wrong by an hour.
  const events = broker.appended.filter(({ topic }) => published.has(topic)).flatMap(observed);
  return {
    pipelines: story.map(({ declared, dataset }) => ({ name: declared.name, dataset, maxAttempts: 3, pages: true })),
    atRest,
    events,
    deadLetters: [...published].map(deadLetterTopic).flatMap((topic) => recordsOf(topic).map(deadLetterOf)),
    poison: recordsOf(topics.records.name).flatMap((record) =>
      observed(record).length === 0 ? [placeOf(record)] : [],
    ),
    rows: await rowsOf(installation, story, events),
    splits: await splitsOf(installation),
    documents: Object.fromEntries(collections.map((name) => [name, database.documents(name).map(documentOf)])),
    changes: database.changes().flatMap(changesOf),
    groups: groupsOf(installation),
    pages: sink.pages,
    serving: servedVersions(installation.assemblies),
  };
}

const collections = [
  ...['ingestion_days', 'ingestion_quarantine', 'preprocessing_batches', 'evaluation_cycles', 'evaluation_events'],
  ...[
    'training_runs',
    'training_trials',
    'model_metadata',
    'deployments',
    'alerts',
    'notifications',
    'performance_metrics',
  ],
  'serving_models',
  ...Object.keys(definitions).flatMap((service) =>
    ['inbox', 'outbox', 'outbox_sequences', 'outbox_positions'].map((part) => `${service}_${part}`),
  ),
];

const placeOf = ({ topic, partition, offset }: BrokerRecord): string => `${topic}/${partition}/${offset}`;

/** None where the record is no event. */
function observed(record: BrokerRecord): ObservedEvent[] {
  try {
    const { id, source, type, time = '', correlationid, causationid, data } = decodeEnvelope(record);
    const { topic, partition, offset, key } = record;
    const place = { topic, partition, offset: Number(offset), key: key && key.toString() };
    return [{ ...place, id, source, type, time, correlationId: correlationid, causationId: causationid ?? null, data }];
  } catch {
    return [];
  }
}

function deadLetterOf(stored: BrokerRecord) {
  const { record, group, code, message } = fromDeadLetterRecord(stored);
  const [event = null] = observed(record);
  const { topic, partition, offset } = record;
  return { topic, partition, offset: Number(offset), group, code, message, event };
}

function documentOf(content: Record<string, unknown>): ObservedDocument {
  const { _id, revision } = content;
  return { id: String(_id), revision: typeof revision === 'number' ? revision : null, content };
}

interface Change {
  collection: string;
  id: unknown;
  before: object | null;
  after: object | null;
}

/**
 * The database tells what a transaction did to a document in all; where it was saved several times, each save counts.
 * Histories of events carry the revision of what they tell of, not their own.
 */
function changesOf({ collection, id, before, after }: Change): DocumentChange[] {
  if (before && after && isOnlyDue(before, after)) return [];
  const counted = !collection.endsWith('_events');
  const from = before && observedIn(counted, before);
  const to = after && observedIn(counted, after);
  const first = from?.revision ?? 0;
  const saves = Math.max(1, (to?.revision ?? 0) - first);
  const states = [from, ...Array.from({ length: saves - 1 }, (_, n) => to && { ...to, revision: first + n + 1 }), to];
  return states.slice(1).map((state, index) => ({
    ...{ collection, id: String(id) },
    before: states[index] ?? null,
    after: state ?? null,
  }));
}

/** A starting ingestion looks at every open day again; that says when to look, and nothing of the day. */
const isOnlyDue = (before: object, after: object): boolean => {
  const rest = (document: object) => JSON.stringify({ ...document, dueAt: null });
  return 'dueAt' in after && rest(before) === rest(after);
};

const observedIn = (counted: boolean, content: object): ObservedDocument => {
  const document = documentOf(content as Record<string, unknown>);
  return counted ? document : { ...document, revision: null };
};

type BatchClosed = { batchId: string; dataset: string; day: string; rows: { accepted: number }; raw: Reference };
type Reference = { bucket: string; fileId: string };

async function rowsOf(installation: Installation, story: readonly StoryPipeline[], events: readonly ObservedEvent[]) {
  const closed = new Map<string, BatchClosed>();
  for (const { type, data } of events) {
    if (type === batchClosedV1.type) closed.set((data as BatchClosed).batchId, data as BatchClosed);
  }
  const quarantined = installation.database.documents('ingestion_quarantine') as Record<string, string>[];
  const days = story.flatMap(({ dataset, days: told }) => told.map((day) => ({ dataset, ...day })));
  return Promise.all(
    days.map(async ({ dataset, day, rows }) => {
      const batches = [...closed.values()].filter((batch) => batch.dataset === dataset && batch.day === day);
      return accountRows({
        ...{ dataset, day },
        submitted: rowKeysOf(rows.map(({ id }) => id)),
        batches: await Promise.all(
          batches.map(async ({ batchId, raw, rows: { accepted } }) => ({
            ...{ batchId, announced: accepted },
            rows: rowKeysOf(await textsOf(installation, raw, 'id')),
          })),
        ),
        quarantined: rowKeysOf(
          quarantined
            .filter((each) => each.dataset === dataset && each.day === day)
            .map(({ identity = '' }) => identity),
        ),
      });
    }),
  );
}

async function textsOf(installation: Installation, reference: Reference, column: string): Promise<string[]> {
  const table = await tableOf(installation, reference);
  return Array.from(columnOf(table, column).values as ArrayLike<unknown>, String);
}

async function tableOf({ objects }: Installation, reference: Reference) {
  const bytes = objects.read(reference);
  if (!bytes) throw new RangeError(`file ${reference.bucket}/${reference.fileId} does not exist`);
  return readParquet(bytes);
}

interface PreparedDocument {
  record: { prepared?: { batchId: string; dataset: string; processed: Reference } };
}

async function splitsOf(installation: Installation) {
  const documents = installation.database.documents('preprocessing_batches') as unknown as PreparedDocument[];
  const prepared = documents.flatMap(({ record }) => record.prepared ?? []);
  return Promise.all(
    prepared.map(async ({ batchId, dataset, processed }) => {
      const table = await tableOf(installation, processed);
      const values = (name: string) => columnOf(table, name).values;
      const rows = Array.from({ length: table.rows }, (_, row) => ({
        recordId: String(values('record_id')[row]),
        labelled: !Number.isNaN(values('label')[row] as number),
        split: values('split')[row] as number,
      }));
      return splitBatch({ dataset, batchId }, rows, SHARES);
    }),
  );
}

function groupsOf({ broker, assemblies }: Installation): ConsumerGroup[] {
  return Object.keys(definitions).flatMap((service) => {
    const [, assembly] = [...assemblies].find(([process]) => process.startsWith(`${service}-`)) ?? [];
    const handles = assembly?.handlers().map(({ type }) => type) ?? [];
    if (handles.length === 0) return [];
    const names = new Set(handles.flatMap((type) => contracts.get(type)?.topic.name ?? []));
    const committed = [...names].flatMap((topic) =>
      broker.partitions(topic).map(({ partition }) => ({
        ...{ topic, partition },
        offset: broker.group(service).committed({ topic, partition }) ?? 0,
      })),
    );
    return [{ group: service, service, handles, committed }];
  });
}
