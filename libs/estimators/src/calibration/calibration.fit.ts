import { type Calibration, type CalibrationMethod, logit } from './calibration';
import { fitIsotonic } from './isotonic.fit';
import { fitLogistic } from './logistic.fit';

const NONE: Calibration = { method: 'none' };

/**
 * Fits on rows that the model was not trained on. None where nothing can be learnt: fewer than two classes, a model whose
 * ranking is upside down, or probabilities that separate the classes.
 */
export function fitCalibration(
  method: CalibrationMethod,
  probabilities: Float32Array,
  labels: Int32Array,
): Calibration {
  const positives = labels.reduce((sum, label) => sum + label, 0);
  const negatives = labels.length - positives;
  if (method === 'none' || positives === 0 || negatives === 0) return NONE;
  if (method === 'isotonic') return { method, ...fitIsotonic(probabilities, labels) };
  const z = Float64Array.from(probabilities, logit);
  if (method === 'temperature') {
    const line = fitLogistic(z, Float64Array.from(labels), false);
    return line && line.slope > 0 ? { method, temperature: 1 / line.slope } : NONE;
  }
  // Platt's targets: as if one more row of each class had been seen.
  const [high, low] = [(positives + 1) / (positives + 2), 1 / (negatives + 2)];
  const line = fitLogistic(
    z,
    Float64Array.from(labels, (label) => (label === 1 ? high : low)),
    true,
  );
  return line && line.slope > 0 ? { method, ...line } : NONE;
}
