import { findDataset } from '../client/dataset.lookup';
import { platformClient } from '../client/platform.location';
import type { DatasetView } from '../client/platform.views';
import type { CommandContext } from '../command.context';
import { checkPipelines } from './pipeline.files';

export type DatasetSchema = Pick<DatasetView, 'name' | 'columns' | 'recordId'>;

/** The dataset of a pipeline file, which needs nothing that runs, or of a pipeline of the running platform. */
export async function chooseDataset(context: CommandContext, pipeline: string): Promise<DatasetSchema> {
  if (!/\.ya?ml$/.test(pipeline)) return findDataset(platformClient(context), pipeline);
  const [checked] = checkPipelines([pipeline], context.cwd, context.env);
  if (!checked?.pipeline) throw new Error(`${pipeline}: a valid file gave no pipeline`);
  return checked.pipeline.dataset;
}
