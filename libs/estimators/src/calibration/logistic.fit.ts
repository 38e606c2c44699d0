import { sigmoid } from './calibration';

const ITERATIONS = 100;
const TOLERANCE = 1e-12;

export interface Line {
  readonly slope: number;
  readonly intercept: number;
}

/**
 * The line whose sigmoid has the least cross entropy to `targets` (in [0, 1]), by Newton's method with step halving; a
 * slope alone where `intercept` is false. Null where it does not converge: separable targets have no such line.
 */
export function fitLogistic(z: Float64Array, targets: Float64Array, intercept: boolean): Line | null {
  let line: Line = { slope: 1, intercept: 0 };
  let loss = crossEntropy(z, targets, line);
  for (let iteration = 0; iteration < ITERATIONS; iteration++) {
    const step = newtonStep(z, targets, line, intercept);
    if (!step) return null;
    let scale = 1;
    let next = moved(line, step, scale);
    let after = crossEntropy(z, targets, next);
    while (after > loss && scale > 1e-6) {
      scale /= 2;
      next = moved(line, step, scale);
      after = crossEntropy(z, targets, next);
    }
    // No step lowers the loss any more: this is the lowest that numbers can tell.
    if (!(after <= loss)) return line;
    const change = Math.abs(next.slope - line.slope) + Math.abs(next.intercept - line.intercept);
    [line, loss] = [next, after];
    if (change <= TOLERANCE * (1 + Math.abs(line.slope))) return line;
  }
  return null;
}

const moved = (line: Line, step: Line, scale: number): Line => ({
  slope: line.slope - scale * step.slope,
  intercept: line.intercept - scale * step.intercept,
});

/** Σ log(1 + e^u) − t·u, u = slope · z + intercept. */
function crossEntropy(z: Float64Array, targets: Float64Array, { slope, intercept }: Line): number {
  return z.reduce((sum, value, row) => {
    const u = slope * value + intercept;
    return sum + Math.max(u, 0) + Math.log1p(Math.exp(-Math.abs(u))) - (targets[row] as number) * u;
  }, 0);
}

/** Hessian⁻¹ · gradient; null where the Hessian is singular. */
function newtonStep(z: Float64Array, targets: Float64Array, line: Line, intercept: boolean): Line | null {
  let [g1, g0, h11, h10, h00] = [0, 0, 0, 0, 0];
  z.forEach((value, row) => {
    const p = sigmoid(line.slope * value + line.intercept);
    const [residual, weight] = [p - (targets[row] as number), p * (1 - p)];
    g1 += residual * value;
    g0 += residual;
    h11 += weight * value * value;
    h10 += weight * value;
    h00 += weight;
  });
  if (!intercept) return h11 > 0 ? { slope: g1 / h11, intercept: 0 } : null;
  const determinant = h11 * h00 - h10 * h10;
  if (!(determinant > 1e-12 * h11 * h00)) return null;
  return { slope: (g1 * h00 - g0 * h10) / determinant, intercept: (g0 * h11 - g1 * h10) / determinant };
}
