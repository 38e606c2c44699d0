import { measureValidation } from '@perennial/training';
import { type Calibration, calibrated, type CalibrationMethod } from './calibration/calibration';
import { fitCalibration } from './calibration/calibration.fit';
import { type EnsembleMetric, selectEnsemble } from './ensemble/greedy.selection';
import type { FittedEstimator, ValidationScores } from './fitted.estimator';

type Trained = Pick<FittedEstimator, 'checkpoint' | 'validationProbabilities'>;

export interface JoinedModel {
  readonly members: readonly { readonly estimator: Trained; readonly weight: number }[];
  readonly calibration: Calibration;
  /** Of the calibrated probabilities. */
  readonly validation: ValidationScores;
  /** Tuned for F1 on these; 0.5 without validation rows. */
  readonly decisionThreshold: number;
}

/** One or several trained models as they would be served: averaged, calibrated and measured on the validation rows. */
export function joinEstimators(
  members: JoinedModel['members'],
  labels: Int32Array,
  method: CalibrationMethod,
): JoinedModel {
  const mean = weightedMean(members, labels.length);
  const calibration = fitCalibration(method, mean, labels);
  const { threshold, ...validation } = measureValidation(calibrated(calibration, mean), labels);
  return { members, calibration, validation, decisionThreshold: threshold };
}

/** The best few of several trained models, or null where that is only one of them. */
export function ensembleMembers(
  trained: readonly Trained[],
  labels: Int32Array,
  options: { readonly size: number; readonly metric: EnsembleMetric },
): JoinedModel['members'] | null {
  if (labels.length === 0) return null;
  const probabilities = trained.map(({ validationProbabilities }) => validationProbabilities);
  const members = selectEnsemble(probabilities, labels, options)
    .map((weight, index) => ({ estimator: trained[index] as Trained, weight }))
    .filter(({ weight }) => weight > 0);
  return members.length > 1 ? members : null;
}

function weightedMean(members: JoinedModel['members'], rows: number): Float32Array {
  const [only] = members;
  if (only && members.length === 1) return only.estimator.validationProbabilities;
  const total = members.reduce((sum, { weight }) => sum + weight, 0);
  const mean = new Float64Array(rows);
  for (const { estimator, weight } of members) {
    estimator.validationProbabilities.forEach((p, row) => (mean[row] = (mean[row] as number) + (weight / total) * p));
  }
  return Float32Array.from(mean, (p) => Math.min(p, 1));
}
