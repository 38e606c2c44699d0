import {
  batchClosedV1,
  batchPreparedV1,
  type DataOf,
  retrainingRequestedV1,
  versionRegisteredV1,
} from '@perennial/contracts';
import {
  accountRows,
  type BatchSplit,
  type DayRows,
  type History,
  type ObservedEvent,
  rowKeysOf,
  splitBatch,
} from '@perennial/integrity';
import type { Pipeline } from '@perennial/pipeline';
import { type FileReader, textsOf } from './file.reader';
import { SubmittedDay, type SubmittedRows } from './submitted.rows';

type Closed = DataOf<typeof batchClosedV1>;
type Prepared = DataOf<typeof batchPreparedV1>;

export interface RowParts {
  readonly pipelines: readonly Pipeline[];
  readonly events: readonly ObservedEvent[];
  readonly documents: NonNullable<History['documents']>;
  readonly submitted: SubmittedRows;
  readonly submittedWhole: boolean;
  readonly quarantined: ReadonlyMap<string, ReadonlySet<number>>;
  readonly since: string | undefined;
  readonly files: FileReader;
}

/** Each event of a type once. */
function distinctOf<T>(events: readonly ObservedEvent[], { type }: { type: string }): T[] {
  const found = new Map(events.filter((event) => event.type === type).map(({ id, data }) => [id, data as T]));
  return [...found.values()];
}

const isWanted = (since: string | undefined, day: string): boolean => since === undefined || day >= since;

interface DayDocument {
  readonly open: boolean;
}

/** One day after the other: what was pushed against the files of the day and of its corrections. */
export async function accountDays(parts: RowParts): Promise<DayRows[]> {
  const { pipelines, events, documents, submitted, quarantined, since } = parts;
  const datasets = new Map(pipelines.map(({ dataset }) => [dataset.name, dataset]));
  const closed = distinctOf<Closed>(events, batchClosedV1).filter(
    ({ dataset, day }) => datasets.has(dataset) && isWanted(since, day),
  );
  const days = new Map([...submitted.days].map(([name, { dataset, day }]) => [name, { dataset, day }]));
  for (const { dataset, day } of closed) days.set(`${dataset}/${day}`, { dataset, day });
  const open = new Map((documents.ingestion_days ?? []).map(({ id, content }) => [id, (content as DayDocument).open]));
  const accounts: DayRows[] = [];
  for (const [name, { dataset, day }] of days) {
    const own = closed.filter((batch) => batch.dataset === dataset && batch.day === day);
    const places = quarantined.get(name) ?? new Set<number>();
    accounts.push(
      accountRows({
        ...{ dataset, day, open: open.get(name) ?? false, submittedWhole: parts.submittedWhole },
        submitted: (submitted.days.get(name)?.rows ?? new SubmittedDay()).accepted(places),
        quarantined: { keys: Float64Array.from(places), name: (index) => `row ${index}` },
        batches: await storedBatches(own, datasets.get(dataset)!.recordId, parts.files),
      }),
    );
  }
  return accounts;
}

async function storedBatches(batches: readonly Closed[], recordId: string, files: FileReader) {
  const found = [];
  for (const { batchId, dataset, raw, rows } of batches) {
    const table = await files.table(raw, { dataset }, `raw rows of ${batchId}`, [recordId]);
    const ids = table ? textsOf(table, recordId).map((id) => id ?? '') : [];
    found.push({ batchId, rows: rowKeysOf(ids), announced: rows.accepted });
  }
  return found;
}

interface Policy {
  readonly holdoutShare: number;
  readonly validationShare: number;
}

/** The shares that the cycles of a dataset's pipelines worked with. */
function sharesOf({ pipelines, events, documents }: RowParts, dataset: string): Policy[] {
  const readers = new Set(pipelines.filter((each) => each.dataset.name === dataset).map(({ name }) => name));
  const requested = distinctOf<DataOf<typeof retrainingRequestedV1>>(events, retrainingRequestedV1).filter(
    ({ pipeline }) => readers.has(pipeline),
  );
  const terms = (documents.evaluation_cycles ?? [])
    .map(({ content }) => content as { pipeline: string; terms?: { policy?: Policy } | null })
    .filter(({ pipeline }) => readers.has(pipeline))
    .flatMap(({ terms }) => terms?.policy ?? []);
  const distinct = new Map<string, Policy>();
  for (const { holdoutShare, validationShare } of [...requested, ...terms]) {
    distinct.set(`${holdoutShare} ${validationShare}`, { holdoutShare, validationShare });
  }
  return [...distinct.values()];
}

/** One prepared batch after the other: how its rows are split. Batches whose file is gone are left out. */
export async function splitBatches(parts: RowParts): Promise<BatchSplit[]> {
  const { pipelines, events, since, files } = parts;
  const datasets = new Set(pipelines.map(({ dataset }) => dataset.name));
  const splits: BatchSplit[] = [];
  for (const { batchId, dataset, day, processed } of distinctOf<Prepared>(events, batchPreparedV1)) {
    if (!datasets.has(dataset) || !isWanted(since, day)) continue;
    const table = await files.table(processed, { dataset }, `prepared rows of ${batchId}`, [
      'record_id',
      'label',
      'split',
    ]);
    if (!table) continue;
    const [ids, labels, places] = ['record_id', 'label', 'split'].map((name) => textsOf(table, name));
    const rows = ids!.map((recordId, row) => ({
      recordId: recordId ?? '',
      labelled: labels![row] !== null,
      split: Number(places![row]),
    }));
    splits.push(splitBatch({ dataset, batchId }, rows, sharesOf(parts, dataset)));
  }
  return splits;
}

/** Reads the artifacts of registered versions, for their digests. */
export async function readArtifacts({ events, files }: Pick<RowParts, 'events' | 'files'>): Promise<void> {
  for (const { pipeline, version, artifact } of distinctOf<DataOf<typeof versionRegisteredV1>>(
    events,
    versionRegisteredV1,
  )) {
    await files.bytes(artifact, { pipeline }, `artifact of ${pipeline}/${version}`);
  }
}
