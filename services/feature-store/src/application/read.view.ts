import { ServiceError } from '@perennial/service';
import type { ViewVersion } from '../domain/feature.view';
import { type ReadRequest, selectSql, unknownColumns } from '../domain/read.query';
import type { BatchFiles, ParquetEngine, ViewBatch, ViewStore } from './ports';

export interface ViewReadRequest extends ReadRequest {
  /** Refuses batches that another fitted preprocessing prepared. */
  metadataId?: string;
}

/** Reads batches of a view version into one Parquet file. */
export class ReadView {
  constructor(
    private readonly views: ViewStore,
    private readonly files: BatchFiles,
    private readonly engine: ParquetEngine,
  ) {}

  /** Path of the result, which the caller removes. 404: view, version or batch; 400: column; 409: metadata. */
  async run(view: string, version: number, request: ViewReadRequest): Promise<string> {
    const { columns } = await this.versionOf(view, version);
    const unknown = unknownColumns(request, columns);
    if (unknown.length > 0) throw unknownColumnsError(view, version, unknown);
    const batches = await this.batchesOf(view, version, request);
    const files: string[] = [];
    for (const { lineage } of batches) files.push(await this.files.ensure(lineage.processed));
    const target = await this.files.scratch();
    await this.engine.copy(selectSql(files, columns, request), target);
    return target;
  }

  async versionOf(name: string, version: number): Promise<ViewVersion> {
    const stored = await this.views.load(name);
    if (!stored) throw notFound('UNKNOWN_VIEW', 'name', name, `view ${name} does not exist`);
    const found = stored.view.versions.find((candidate) => candidate.version === version);
    if (found) return found;
    throw notFound('UNKNOWN_VIEW_VERSION', 'version', version, `view ${name} has no version ${version}`);
  }

  private async batchesOf(view: string, version: number, request: ViewReadRequest): Promise<ViewBatch[]> {
    const found = new Map(
      (await this.views.find(view, version, request.batches)).map((batch) => [batch.batchId, batch]),
    );
    const missing = request.batches.filter((id) => !found.has(id));
    if (missing.length > 0) {
      throw notFound('UNKNOWN_BATCH', 'batches', missing, `view ${view}, version ${version}: no ${missing.join(', ')}`);
    }
    const batches = request.batches.map((id) => found.get(id) as ViewBatch);
    const { metadataId } = request;
    const foreign = batches.filter(({ lineage }) => metadataId !== undefined && lineage.metadataId !== metadataId);
    if (foreign.length === 0) return batches;
    const value = foreign.map(({ batchId, lineage }) => ({ batchId, metadataId: lineage.metadataId }));
    const rule = `must all be prepared with ${metadataId}`;
    throw new ServiceError('METADATA_MISMATCH', 409, `batches ${rule}`, { field: 'metadataId', value, rule });
  }
}

function notFound(code: string, field: string, value: unknown, message: string): ServiceError {
  return new ServiceError(code, 404, message, { field, value, rule: 'must exist' });
}

function unknownColumnsError(view: string, version: number, value: string[]): ServiceError {
  const message = `view ${view}, version ${version} has no column ${value.join(', ')}`;
  return new ServiceError('UNKNOWN_COLUMN', 400, message, {
    field: 'columns',
    value,
    rule: 'must be columns of the view',
  });
}
