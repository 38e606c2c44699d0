const LOG_SQRT_2PI = 0.5 * Math.log(2 * Math.PI);
/** Left of it Φ by the continued fraction of the tail, right of it by the series around 0. */
const TAIL = -3;

const logDensity = (x: number): number => -0.5 * x * x - LOG_SQRT_2PI;

/** (1 − Φ(x)) / φ(x), the continued fraction of Laplace; at x = 3 its 40 terms leave 1e-20. */
function millsRatio(x: number): number {
  let denominator = x;
  for (let term = 40; term >= 1; term--) denominator = x + term / denominator;
  return 1 / denominator;
}

/** Φ(x) = ½ + φ(x)(x + x³/3 + x⁵/15 + …), Marsaglia 2004: terms of one sign. */
function centralCdf(x: number): number {
  let [term, sum] = [x, x];
  for (let n = 3; Math.abs(term) > 1e-17 * Math.abs(sum); n += 2) {
    term *= (x * x) / n;
    sum += term;
  }
  return 0.5 + Math.exp(logDensity(x)) * sum;
}

/** log Φ(x), to about 1e-13 of Φ. */
function logNormalCdf(x: number): number {
  if (x < TAIL) return logDensity(x) + Math.log(millsRatio(-x));
  return x > -TAIL ? Math.log1p(-normalCdf(-x)) : Math.log(centralCdf(x));
}

function normalCdf(x: number): number {
  if (x < TAIL) return Math.exp(logDensity(x)) * millsRatio(-x);
  return x > -TAIL ? 1 - normalCdf(-x) : centralCdf(x);
}

/** log(Φ(b) − Φ(a)) for a < b. */
export function logNormalMass(a: number, b: number): number {
  // The right tail is the left one mirrored; near 1 differences of Φ would lose their digits.
  if (a > 0) return logNormalMass(-b, -a);
  if (b > 0) return Math.log1p(-normalCdf(a) - normalCdf(-b));
  const upper = logNormalCdf(b);
  return upper + Math.log1p(-Math.exp(logNormalCdf(a) - upper));
}

/** log density at x of the normal distribution of mean mu and deviation sigma, cut to [low, high]. */
export function logTruncatedNormal(x: number, mu: number, sigma: number, logMass: number): number {
  return logDensity((x - mu) / sigma) - Math.log(sigma) - logMass;
}

/** The place below which lies the share u of the normal distribution cut to [low, high]; mean and low/high in its deviations. */
export function truncatedNormalQuantile(u: number, low: number, high: number): number {
  // Beyond 9 deviations there is nothing.
  let [left, right] = [Math.max(low, -9), Math.min(high, 9)];
  const [from, to] = [normalCdf(left), normalCdf(right)];
  const wanted = from + u * (to - from);
  for (let step = 0; step < 52; step++) {
    const middle = 0.5 * (left + right);
    if (normalCdf(middle) < wanted) left = middle;
    else right = middle;
  }
  return 0.5 * (left + right);
}
