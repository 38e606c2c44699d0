import type { Logger } from '@perennial/service';
import { type EntityIndex, entityDigest, indexName } from '../domain/entity.index';
import type { FeatureColumn } from '../domain/feature.view';
import { missingEntities, onlineFeatures, onlineSql } from '../domain/online.query';
import type { OnlineValue } from '../domain/online.row';
import type { BatchFiles, OnlineEntry, OnlineStore, ParquetEngine, PassedBatch, ViewStore } from './ports';

/** Rows written in one turn of the event loop, so that lookups do not wait for them. */
const ROWS_OF_A_TURN = 512;

export interface MaterialiseViewsParts {
  indexes: readonly EntityIndex[];
  views: Pick<ViewStore, 'passed' | 'load'>;
  files: Pick<BatchFiles, 'ensure'>;
  engine: Pick<ParquetEngine, 'rows'>;
  online: OnlineStore;
  logger: Logger;
}

/**
 * Brings this replica's online rows up to what the views hold. Which batches it has taken is known to itself alone, so
 * every replica has all rows, whoever handled the event, and one that has lost its folder makes it anew.
 */
export class MaterialiseViews {
  private complete = false;

  constructor(private readonly parts: MaterialiseViewsParts) {}

  /** Whether all batches have been looked at once: what is not found before that may be on its way. */
  isComplete(): boolean {
    return this.complete;
  }

  async run(signal: AbortSignal): Promise<void> {
    for (const index of this.parts.indexes) {
      for (const batch of await this.waiting(index)) {
        signal.throwIfAborted();
        await this.take(index, batch, signal);
      }
    }
    this.complete = true;
  }

  /** The newest first: after a start from nothing, the rows that count are there soonest. */
  private async waiting(index: EntityIndex): Promise<PassedBatch[]> {
    const batches = await this.parts.views.passed(index.view);
    return batches
      .filter((batch) => !this.parts.online.isTaken(batchName(index, batch), markOf(batch)))
      .sort((a, b) => (a.day === b.day ? b.addedAt.getTime() - a.addedAt.getTime() : a.day < b.day ? 1 : -1));
  }

  private async take(index: EntityIndex, batch: PassedBatch, signal: AbortSignal): Promise<void> {
    const { view } = index;
    const { batchId, version } = batch;
    const columns = await this.columnsOf(view, version);
    const missing = missingEntities(index, columns);
    if (missing.length > 0) {
      this.parts.logger.error(
        { view, version, batchId, missing },
        'Entities are no columns of the view: nothing is found by them',
      );
    } else {
      const features = onlineFeatures(columns).map(({ name }) => name);
      await this.parts.online.setSchema(view, version, features);
      const sql = onlineSql(await this.parts.files.ensure(batch.processed), index, columns);
      for await (const rows of this.parts.engine.rows(sql)) await this.write(index, batch, rows, signal);
      this.parts.logger.info({ view, version, batchId, entities: index.entities }, 'A batch is found by its entities');
    }
    await this.parts.online.setTaken(batchName(index, batch), markOf(batch));
  }

  private async columnsOf(view: string, version: number): Promise<FeatureColumn[]> {
    const stored = await this.parts.views.load(view);
    return stored?.view.versions.find((each) => each.version === version)?.columns ?? [];
  }

  private async write(
    index: EntityIndex,
    { version, day, addedAt }: PassedBatch,
    rows: readonly OnlineValue[][],
    signal: AbortSignal,
  ): Promise<void> {
    const keys = index.entities.length;
    for (let from = 0; from < rows.length; from += ROWS_OF_A_TURN) {
      signal.throwIfAborted();
      const entries = rows.slice(from, from + ROWS_OF_A_TURN).flatMap((row): OnlineEntry[] => {
        const digest = entityDigest(index, row.slice(0, keys));
        return digest ? [{ digest, row: { version, day, addedAt: addedAt.getTime(), values: row.slice(keys) } }] : [];
      });
      await this.parts.online.put(entries);
    }
  }
}

const batchName = (index: EntityIndex, { version, batchId }: PassedBatch): string =>
  `${indexName(index)}@${version}/${batchId}`;

/** Changes when the batch is prepared again. */
const markOf = ({ processed, addedAt }: PassedBatch): string => `${processed.digest} ${addedAt.toISOString()}`;
