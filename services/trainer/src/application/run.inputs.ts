import type { Pipeline } from '@perennial/pipeline';
import type { FittedPreprocessing } from '@perennial/preprocessing-steps';
import { type EncodedRows, improvementRows, trainingColumns } from '../domain/improvement.rows';
import { RunError } from '../domain/run.error';
import { type TrainingPlan, trainingPlan } from '../domain/training.plan';
import type { RunRequest } from '../domain/training.run';
import type { EstimatorModel, Estimators, FeatureViews, FileStore, PreprocessingMetadata } from './ports';

export interface RunInputs {
  pipeline: Pipeline;
  plan: TrainingPlan;
  fitted: FittedPreprocessing;
  model: EstimatorModel;
  train: EncodedRows;
  validation: EncodedRows;
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
  const [rows, checkpoint] = await Promise.all([
    sources.features.open(
      {
        view: request.view,
        version: request.viewVersion,
        batches: request.batches,
        columns: trainingColumns(model),
        split: { from: request.holdoutShare, to: 1 },
        labelledOnly: true,
        metadataId: request.metadataId,
      },
      { signal },
    ),
    plan.checkpoint ? sources.files.get(plan.checkpoint) : undefined,
  ]);
  return { pipeline, plan, fitted, model, ...(await improvementRows(rows, model, request)), checkpoint };
}
