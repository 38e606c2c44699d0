import { type Dataset, type Pipeline, recordValidator, tableSchema } from '@perennial/pipeline';
import { csvTyping } from '../domain/csv.typing';
import type { SiftedDataset } from '../domain/sifting';

export interface CataloguedDataset extends SiftedDataset {
  dataset: Dataset;
  /** Gives the fields of a CSV record the types of their columns. */
  typed: (record: Record<string, unknown>) => Record<string, unknown>;
  /** Pipelines that read the dataset. */
  pipelines: string[];
}

/** The datasets that the pipelines declare, by name. */
export class DatasetCatalogue {
  private readonly datasets = new Map<string, CataloguedDataset>();

  /** Throws INVALID_CONFIGURATION when two pipelines declare one dataset differently. */
  constructor(pipelines: Iterable<Pick<Pipeline, 'name' | 'dataset'>>) {
    for (const { name, dataset } of pipelines) {
      const known = this.datasets.get(dataset.name);
      if (!known) this.datasets.set(dataset.name, catalogued(name, dataset));
      else if (JSON.stringify(known.dataset) === JSON.stringify(dataset)) known.pipelines.push(name);
      else throw new DatasetConflictError(dataset.name, known.pipelines[0] ?? '', name);
    }
  }

  has(name: string): boolean {
    return this.datasets.has(name);
  }

  get(name: string): CataloguedDataset | undefined {
    return this.datasets.get(name);
  }

  all(): CataloguedDataset[] {
    return [...this.datasets.values()];
  }
}

const catalogued = (pipeline: string, dataset: Dataset): CataloguedDataset => ({
  dataset,
  columns: tableSchema(dataset),
  recordId: dataset.recordId,
  validate: recordValidator(dataset),
  typed: csvTyping(dataset.columns),
  pipelines: [pipeline],
});

export class DatasetConflictError extends Error {
  readonly code = 'INVALID_CONFIGURATION';
  readonly retryable = false;
  readonly details: Record<string, unknown>;

  constructor(dataset: string, first: string, second: string) {
    super(`dataset ${dataset}: pipelines ${first} and ${second} must declare it alike (columns, record id, closing)`);
    this.details = { dataset, pipelines: [first, second] };
  }
}
