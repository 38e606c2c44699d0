import {
  buildServedModel,
  type CalibrationMethod,
  decodeEstimator,
  encodeEstimator,
  type EnsembleMetric,
  ensembleMembers,
  type EstimatorConfig,
  estimatorConfig,
  type FittedEstimator,
  type JoinedModel,
  joinEstimators,
  type LibraryPlace,
  trainEstimator,
} from '@perennial/estimators';
import type { Pipeline } from '@perennial/pipeline';
import type { FittedPreprocessing } from '@perennial/preprocessing-steps';
import type { ArtifactFrame } from '@perennial/tabular-models';
import type {
  Candidate,
  EstimatorModel,
  Estimators,
  TrialOptions,
  TrialRequest,
  TrialResult,
} from '../application/ports';

export interface ProcessOptions {
  /** By how much trainings yield the processor. */
  niceness: number;
  /** Of each training at most; as many as processors where undefined. */
  threads: number | undefined;
  /** LightGBM's native library. */
  library: LibraryPlace;
}

/** Trains in processes of their own, one for each trial. */
export class ProcessEstimators implements Estimators {
  constructor(private readonly options: ProcessOptions) {}

  model(fitted: FittedPreprocessing, declared: Pipeline['model']): EstimatorConfig {
    return estimatorConfig(fitted, declared);
  }

  train({ model, ...request }: TrialRequest, options: TrialOptions): Promise<TrialResult> {
    const { threads, ...yielding } = this.options;
    return trainEstimator({ ...request, threads, model: configOf(model) }, { ...options, ...yielding });
  }

  encode(result: TrialResult, origin: string): Uint8Array {
    return encodeEstimator({ ...(result as FittedEstimator), origin });
  }

  decode(bytes: Uint8Array): TrialResult {
    return decodeEstimator(bytes);
  }

  single(estimator: TrialResult, labels: Int32Array, method: CalibrationMethod): JoinedModel {
    return joinEstimators([{ estimator, weight: 1 }], labels, method);
  }

  ensemble(
    trained: readonly TrialResult[],
    labels: Int32Array,
    { method, ...selection }: { size: number; method: CalibrationMethod; metric: EnsembleMetric },
  ): JoinedModel | null {
    const members = ensembleMembers(trained, labels, selection);
    return members && joinEstimators(members, labels, method);
  }

  serve(frame: ArtifactFrame, candidate: Candidate): Uint8Array {
    return buildServedModel(frame, { ...candidate, calibration: candidate.calibration as JoinedModel['calibration'] });
  }
}

/** It came from `model` above, or from a document that keeps one. */
const configOf = (model: EstimatorModel): EstimatorConfig => model as EstimatorConfig;
