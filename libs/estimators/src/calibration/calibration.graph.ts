import * as op from '@perennial/onnx-graph';
import { type Calibration, CLIP } from './calibration';

/** Adds the nodes behind a probability [batch, 1], float32. They compute in float64, as the fit does. */
export function calibratedProbability(g: op.Graph, calibration: Calibration, probability: op.Value): op.Value {
  if (calibration.method === 'none') return probability;
  const p = op.cast(g, probability, 'float64');
  if (calibration.method === 'isotonic') return op.cast(g, interpolated(g, calibration, p), 'float32');
  const [slope, intercept] =
    calibration.method === 'temperature'
      ? [1 / calibration.temperature, 0]
      : [calibration.slope, calibration.intercept];
  const clipped = op.clip(g, p, CLIP, 1 - CLIP);
  const rest = op.sub(g, op.scalar(g, 1, p), clipped);
  const odds = op.sub(g, op.log(g, clipped), op.log(g, rest));
  const line = op.add(g, op.mul(g, odds, op.scalar(g, slope, p)), op.scalar(g, intercept, p));
  return op.cast(g, op.sigmoid(g, line), 'float32');
}

/** y₀ + Σ slopeᵢ · (p, held between xᵢ and xᵢ₊₁, − xᵢ). */
function interpolated(g: op.Graph, { x, y }: { x: readonly number[]; y: readonly number[] }, p: op.Value): op.Value {
  const [first = 0] = y;
  const start = op.scalar(g, first, p);
  if (x.length < 2) return op.add(g, op.mul(g, p, op.scalar(g, 0, p)), start);
  const row = (values: readonly number[]) => g.constant(op.float64(values, [1, values.length]), 'calibration');
  const [from, to] = [row(x.slice(0, -1)), row(x.slice(1))];
  const slopes = x.slice(1).map((at, i) => ((y[i + 1] as number) - (y[i] as number)) / (at - (x[i] as number)));
  const held = op.sub(g, op.minimum(g, op.maximum(g, p, from), to), from);
  const weights = g.constant(op.float64(slopes, [slopes.length, 1]), 'calibration');
  return op.add(g, op.matMul(g, held, weights), start);
}
