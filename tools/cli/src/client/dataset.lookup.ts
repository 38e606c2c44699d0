import { badInput } from '../command.error';
import type { PlatformClient } from './platform.client';
import type { DatasetView } from './platform.views';

/** The dataset that a pipeline reads. @throws CommandError that names the pipelines there are */
export function datasetOfPipeline(datasets: readonly DatasetView[], pipeline: string): DatasetView {
  const found = datasets.find(({ pipelines }) => pipelines.includes(pipeline));
  if (found) return found;
  const known = datasets.flatMap(({ pipelines }) => pipelines).sort();
  throw badInput(`pipeline ${pipeline}: the platform runs no such pipeline`, {
    code: 'UNKNOWN_PIPELINE',
    hint: `it runs ${known.join(', ') || 'none'}`,
  });
}

export async function findDataset(client: PlatformClient, pipeline: string): Promise<DatasetView> {
  const { datasets } = await client.get<{ datasets: DatasetView[] }>('/api/v1/datasets');
  return datasetOfPipeline(datasets, pipeline);
}
