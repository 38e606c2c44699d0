import type { History, ObservedDocument } from './history';

interface Owned {
  readonly pipeline?: string;
  readonly dataset?: string;
  readonly view?: string;
}

/** A view bears the name of its dataset. */
const isOf = (data: unknown, pipeline: string, dataset: string): boolean => {
  const owner = (data ?? {}) as Owned;
  return owner.pipeline === pipeline || [owner.dataset, owner.view].includes(dataset);
};

/** Of these collections a document tells its pipeline; those of messaging belong to all. */
const ofPipeline = (collection: string): boolean =>
  !/_(inbox|outbox|outbox_sequences|outbox_positions)$/.test(collection);

/**
 * What concerns one pipeline. Outboxes, inboxes and consumer groups belong to the whole installation and are left out,
 * so what rests on them is not checked.
 */
export function scopeTo(history: History, pipeline: string): History {
  const dataset = history.pipelines.find(({ name }) => name === pipeline)?.dataset ?? pipeline;
  const alerts = new Set(
    (history.documents?.alerts ?? []).filter(({ content }) => isOf(content, pipeline, dataset)).map(({ id }) => id),
  );
  const isOwn = (collection: string, { id, content }: ObservedDocument): boolean => {
    if (collection === 'notifications') return alerts.has((content as { alertId: string }).alertId);
    return id === pipeline || isOf(content, pipeline, dataset);
  };
  const documents = Object.entries(history.documents ?? {})
    .filter(([collection]) => ofPipeline(collection))
    .map(([collection, all]) => [collection, all.filter((each) => isOwn(collection, each))] as const);
  const own = <T extends { readonly pipeline: string }>(all: readonly T[] | undefined) =>
    all?.filter((each) => each.pipeline === pipeline);
  const { groups: _shared, ...rest } = history;
  return {
    ...rest,
    pipelines: history.pipelines.filter(({ name }) => name === pipeline),
    events: history.events?.filter(({ data }) => isOf(data, pipeline, dataset)),
    deadLetters: history.deadLetters?.filter(({ event }) => isOf(event?.data, pipeline, dataset)),
    rows: history.rows?.filter((rows) => rows.dataset === dataset),
    splits: history.splits?.filter((split) => split.dataset === dataset),
    files: history.files?.filter((files) => isOf(files, pipeline, dataset)),
    documents: history.documents && Object.fromEntries(documents),
    served: own(history.served),
    serving: own(history.serving),
    pages: history.pages?.filter(({ dedup_key: key }) => key.startsWith(`${pipeline}/`)),
  };
}
