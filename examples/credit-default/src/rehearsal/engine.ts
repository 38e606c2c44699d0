import { scores } from '@perennial/classification-metrics';
import type { Table } from '@perennial/columns';
import { buildServedModel, estimatorConfig, type FittedEstimator, trainEstimator } from '@perennial/estimators';
import { openModel } from '@perennial/model-runtime';
import type { Pipeline } from '@perennial/pipeline';
import type { FittedPreprocessing } from '@perennial/preprocessing-steps';
import { encodedRows, labelsOf, partOf, rawInputsOf } from './encoded.day';
import { libraryFile } from './rehearsal.config';

export interface TrainingTerms {
  readonly days: readonly Table[];
  readonly epochs: number;
  readonly learningRate: number;
  readonly seed: number;
  /** Fine-tunes this model's checkpoint. */
  readonly from?: RehearsedModel;
}

export interface RehearsedModel {
  readonly artifact: Uint8Array;
  readonly checkpoint: Uint8Array;
  readonly validationF1: number;
}

/** Trains and judges as the services do, in one process. */
export class RehearsalEngine {
  constructor(
    private readonly pipeline: Pipeline,
    private readonly fitted: FittedPreprocessing,
  ) {}

  async train({ days, epochs, learningRate, seed, from }: TrainingTerms): Promise<RehearsedModel> {
    const { pipeline, fitted } = this;
    const part = (name: 'train' | 'validation') =>
      encodedRows(
        days.map((day) => partOf(day, name, fitted, pipeline)),
        fitted,
      );
    const { pretraining, ...training } = pipeline.training;
    const request = {
      model: estimatorConfig(fitted, pipeline.model),
      training: { ...training, epochs, learningRate, seed },
      pretraining: from ? null : pretraining,
      train: part('train'),
      validation: part('validation'),
      initialCheckpoint: from?.checkpoint,
    };
    return this.modelOf(await trainEstimator(request, { library: { file: libraryFile() } }));
  }

  /** F1 of the positive class on the day's holdout rows, scored by the artifact that would serve. */
  async f1(model: RehearsedModel, day: Table): Promise<number> {
    const holdout = partOf(day, 'holdout', this.fitted, this.pipeline);
    const loaded = await openModel(model.artifact, { name: this.pipeline.name, version: 'rehearsal' });
    try {
      const probabilities = await loaded.predictTable(rawInputsOf(holdout));
      const { averaging } = this.pipeline.gate;
      const { f1 } = scores(labelsOf(holdout), probabilities, { threshold: loaded.decisionThreshold, averaging });
      return f1 ?? 0;
    } finally {
      await loaded.close();
    }
  }

  private modelOf(estimator: FittedEstimator): RehearsedModel {
    const { decisionThreshold, checkpoint, validation } = estimator;
    const frame = { fitted: this.fitted, decisionThreshold, pipelineName: this.pipeline.name };
    const artifact = buildServedModel(frame, { members: [{ estimator, weight: 1 }] });
    return { artifact, checkpoint, validationF1: validation.f1 ?? 0 };
  }
}
