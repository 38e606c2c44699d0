/** How probabilities become shares of positives. */
export type CalibrationMethod = 'none' | 'temperature' | 'sigmoid' | 'isotonic';

/** A fitted calibration: plain data, as the artifact's metadata keeps it. */
export type Calibration =
  | { readonly method: 'none' }
  /** σ(logit(p) / temperature); Guo et al., arXiv 1706.04599. */
  | { readonly method: 'temperature'; readonly temperature: number }
  /** σ(slope · logit(p) + intercept); Platt 1999. */
  | { readonly method: 'sigmoid'; readonly slope: number; readonly intercept: number }
  /** Linear between the points (x, y), constant outside; both ascending, x strictly. */
  | { readonly method: 'isotonic'; readonly x: readonly number[]; readonly y: readonly number[] };

/** Float32 rounds confident probabilities to 0 and 1, whose log odds are infinite. */
export const CLIP = 1e-7;

const clipped = (p: number): number => Math.min(Math.max(p, CLIP), 1 - CLIP);

export const logit = (p: number): number => Math.log(clipped(p)) - Math.log(1 - clipped(p));

export const sigmoid = (z: number): number => 1 / (1 + Math.exp(-z));

/** Each probability calibrated, rounded to float32 as the served file gives it. */
export function calibrated(calibration: Calibration, probabilities: Float32Array): Float32Array {
  switch (calibration.method) {
    case 'none':
      return probabilities;
    case 'temperature':
      return probabilities.map((p) => sigmoid(logit(p) / calibration.temperature));
    case 'sigmoid':
      return probabilities.map((p) => sigmoid(calibration.slope * logit(p) + calibration.intercept));
    case 'isotonic':
      return probabilities.map((p) => interpolated(calibration, p));
  }
}

function interpolated({ x, y }: { readonly x: readonly number[]; readonly y: readonly number[] }, p: number): number {
  const above = x.findIndex((at) => at >= p);
  if (above <= 0) return y[above < 0 ? y.length - 1 : 0] as number;
  const [x0, x1] = [x[above - 1] as number, x[above] as number];
  const [y0, y1] = [y[above - 1] as number, y[above] as number];
  return y0 + ((y1 - y0) / (x1 - x0)) * (p - x0);
}
