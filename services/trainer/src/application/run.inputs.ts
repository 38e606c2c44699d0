import type { Pipeline } from '@perennial/pipeline';
import type { FittedPreprocessing } from '@perennial/preprocessing-steps';
import { improvementRows, pretrainingRows, type RowParts, trainingColumns } from '../domain/improvement.rows';
import { RunError } from '../domain/run.error';
import { searchOf } from '../domain/search.plan';
import { type TrainingPlan, trainingPlan } from '../domain/training.plan';
import type { RunRequest } from '../domain/training.run';
import type { EstimatorModel, Estimators, FeatureViews, FileStore, PreprocessingMetadata } from './ports';

export interface RunInputs extends RowParts {
  pipeline: Pipeline;
  plan: TrainingPlan;
  fitted: FittedPreprocessing;
  model: EstimatorModel;
  /** To pretrain on, where rows without a label are among them. */
  pretrainingRows: RowParts | undefined;
  checkpoint: Uint8Array | undefined;
}

export interface RunSources {
  pipelines: ReadonlyMap<string, Pipeline>;
  features: FeatureViews;
  metadata: PreprocessingMetadata;
  files: FileStore;
  estimators: Pick<Estimators, 'model'>;
}

/** Everything a run trains on. Throws RunError, and what its sources throw. */
export async function runInputs(request: RunRequest, sources: RunSources, signal: AbortSignal): Promise<RunInputs> {
  const pipeline = sources.pipelines.get(request.pipeline);
  if (!pipeline) {
    const known = [...sources.pipelines.keys()];
    const message = `pipeline ${request.pipeline} is not declared; known: ${known.join(', ') || 'none'}`;
    throw new RunError('run.unknown-pipeline', message, { pipeline: request.pipeline, known });
  }
  const plan = trainingPlan(pipeline, request);
  const fitted = await sources.metadata.fitted(request.metadataId, signal);
  const model = sources.estimators.model(fitted, pipeline.model);
  // The models of a search are not pretrained.
  const pretrains = plan.pretraining !== null && searchOf(pipeline, request) === null;
  const [rows, checkpoint] = await Promise.all([
    sources.features.open(
      {
        view: request.view,
        version: request.viewVersion,
        batches: request.batches,
        columns: trainingColumns(model),
        split: { from: request.holdoutShare, to: 1 },
        labelledOnly: !pretrains,
        metadataId: request.metadataId,
      },
      { signal },
    ),
    plan.checkpoint ? sources.files.get(plan.checkpoint) : undefined,
  ]);
  const labelled = await improvementRows(rows, model, request);
  const all = pretrains ? await pretrainingRows(rows, model, request, labelled) : null;
  return { pipeline, plan, fitted, model, ...labelled, pretrainingRows: all ?? undefined, checkpoint };
}
