import { add, mul, scalar } from '@perennial/onnx-graph';
import { type ArtifactFrame, checkFeatures, frameArtifact, type ProbabilityGraph } from '@perennial/tabular-models';
import type { Calibration } from './calibration/calibration';
import { calibratedProbability } from './calibration/calibration.graph';
import { restoreEstimator } from './estimator.checkpoint';
import type { FittedEstimator } from './fitted.estimator';

export interface Member {
  readonly estimator: Pick<FittedEstimator, 'checkpoint'>;
  /** Above 0; relative to those of the other members. */
  readonly weight: number;
}

export interface ServedModel {
  /** At least one. */
  readonly members: readonly Member[];
  /** Behind the mean; none unless given. */
  readonly calibration?: Calibration;
}

/**
 * The one ONNX file from raw columns to `probability`: the weighted mean of the members' probabilities, calibrated. Throws
 * ModelConfigError when a member was not made for this preprocessing, TrainingError when a checkpoint cannot be read.
 */
export function buildServedModel(
  frame: ArtifactFrame,
  { members, calibration = { method: 'none' } }: ServedModel,
): Uint8Array {
  const graphs = members.map(({ estimator: { checkpoint } }) => {
    const { model, probability } = restoreEstimator(checkpoint);
    checkFeatures(frame.fitted, model);
    return probability;
  });
  const weights = members.map(({ weight }) => weight);
  const mean = weightedMean(graphs, weights);
  return frameArtifact(frame, (g, encoded) => calibratedProbability(g, calibration, mean(g, encoded)), {
    'perennial.calibration': JSON.stringify(calibration),
  });
}

function weightedMean(members: readonly ProbabilityGraph[], weights: readonly number[]): ProbabilityGraph {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  if (members.length === 0 || !weights.every((weight) => weight > 0) || !Number.isFinite(total)) {
    throw new RangeError(`weights are [${weights.join(', ')}]: there must be some, all above 0`);
  }
  if (members.length === 1) return members[0] as ProbabilityGraph;
  return (g, encoded) =>
    members
      .map((member, index) => {
        const p = member(g, encoded);
        return mul(g, p, scalar(g, (weights[index] as number) / total, p));
      })
      .reduce((sum, part) => add(g, sum, part));
}
