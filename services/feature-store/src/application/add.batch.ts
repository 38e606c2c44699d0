import { viewUpdatedV1 } from '@perennial/contracts';
import { type Clock, emit, type HandlerContext, type OutgoingEvent } from '@perennial/messaging';
import type { Pipeline } from '@perennial/pipeline';
import { withSchema } from '../domain/feature.view';
import { findingText } from '../domain/finding.text';
import type { BatchFiles, ParquetEngine, PreparedBatch, ViewBatch, ViewStore } from './ports';

/** Puts a prepared batch into the view of its dataset. */
export class AddBatch {
  constructor(
    private readonly pipelines: ReadonlyMap<string, Pipeline>,
    private readonly views: ViewStore,
    private readonly files: BatchFiles,
    private readonly engine: ParquetEngine,
    private readonly clock: Clock,
  ) {}

  async run(prepared: PreparedBatch, { transaction }: Pick<HandlerContext, 'transaction'>): Promise<OutgoingEvent[]> {
    const columns = await this.engine.columnsOf(await this.files.ensure(prepared.processed));
    const { dataset } = prepared;
    const now = this.clock.now();
    const stored = await this.views.load(dataset, transaction);
    const { view, version } = withSchema(
      stored?.view ?? null,
      { view: dataset, dataset, owner: this.ownerOf(dataset), columns },
      now,
    );
    const batch = viewBatch(prepared, version.version, now);
    await this.views.save(view, stored?.revision ?? null, transaction);
    await this.views.putBatch(batch, transaction);
    const { batchId, day, correctionOf, rows, labelledRows, quality, lineage } = batch;
    const { schemaDigest } = version;
    return [
      emit(viewUpdatedV1, {
        ...{ view: view.name, viewVersion: version.version, schemaDigest, dataset },
        ...{ batchId, day, correctionOf, rows, labelledRows, quality, lineage },
      }),
    ];
  }

  /** Of the pipelines that read the dataset; the first by name where they differ. */
  private ownerOf(dataset: string): string {
    const readers = [...this.pipelines.values()].filter((pipeline) => pipeline.dataset.name === dataset);
    return readers.sort((a, b) => (a.name < b.name ? -1 : 1))[0]?.owner ?? '';
  }
}

function viewBatch(prepared: PreparedBatch, version: number, addedAt: Date): ViewBatch {
  const { dataset, batchId, day, correctionOf, rows, labelledRows, quality, processed, metadataId, sources } = prepared;
  return {
    view: dataset,
    version,
    batchId,
    day,
    correctionOf,
    rows,
    labelledRows,
    quality: { verdict: quality.verdict, findings: quality.findings.map(findingText) },
    lineage: { raw: sources.raw, processed, metadataId },
    addedAt,
  };
}
