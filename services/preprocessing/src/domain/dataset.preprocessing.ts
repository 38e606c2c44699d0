import type { Pipeline } from '@perennial/pipeline';

export class DatasetConflictError extends Error {
  readonly code = 'INVALID_CONFIGURATION';
  readonly retryable = false;
  readonly details: Record<string, unknown>;

  constructor(dataset: string, section: string, pipelines: [string, string]) {
    super(`dataset ${dataset}: pipelines ${pipelines.join(' and ')} must declare the same ${section}`);
    this.name = 'DatasetConflictError';
    this.details = { dataset, section, pipelines };
  }
}

const SHARED = ['dataset', 'reference', 'preprocessing', 'quality'] as const;

/**
 * One pipeline per dataset: a dataset is prepared once, for all pipelines that read it. Throws where two of them
 * would have it prepared differently.
 */
export function pipelinesByDataset(pipelines: Iterable<Pipeline>): ReadonlyMap<string, Pipeline> {
  const byDataset = new Map<string, Pipeline>();
  for (const pipeline of pipelines) {
    const { name } = pipeline.dataset;
    const first = byDataset.get(name);
    if (!first) {
      byDataset.set(name, pipeline);
      continue;
    }
    const section = SHARED.find((key) => JSON.stringify(first[key]) !== JSON.stringify(pipeline[key]));
    if (section) throw new DatasetConflictError(name, section, [first.name, pipeline.name]);
  }
  return byDataset;
}

/** No pipeline declares the dataset here, though ingestion knew it: the configurations differ. */
export class UnknownDatasetError extends Error {
  readonly code = 'UNKNOWN_DATASET';
  readonly retryable = false;
  readonly details: Record<string, unknown>;

  constructor(dataset: string) {
    super(`dataset = ${dataset}: no pipeline declares this dataset`);
    this.name = 'UnknownDatasetError';
    this.details = { field: 'dataset', value: dataset };
  }
}
