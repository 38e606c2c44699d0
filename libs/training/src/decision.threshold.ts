export interface TunedThreshold {
  readonly threshold: number;
  /** F1 of the positive class when `probability >= threshold` predicts positive. */
  readonly f1: number;
}

/**
 * The threshold with the highest F1 of the positive class. Candidates lie midway between neighbouring distinct
 * probabilities; among equally good ones the middle one is taken. Without positive labels: 0.5 and F1 0.
 */
export function tuneThreshold(probabilities: Float32Array, labels: Int32Array): TunedThreshold {
  const order = Uint32Array.from(probabilities.keys()).sort((a, b) => at(probabilities, b) - at(probabilities, a));
  const positives = labels.reduce((sum, label) => sum + label, 0);
  if (positives === 0) return { threshold: 0.5, f1: 0 };
  let best: { f1: number; thresholds: number[] } = { f1: -1, thresholds: [] };
  let hits = 0;
  for (let taken = 1; taken <= order.length; taken++) {
    const last = at(order, taken - 1);
    hits += at(labels, last);
    const here = at(probabilities, last);
    const below = taken < order.length ? at(probabilities, at(order, taken)) : 0;
    if (taken < order.length && below === here) continue;
    const f1 = (2 * hits) / (taken + positives);
    const candidate = (here + below) / 2;
    if (f1 > best.f1) best = { f1, thresholds: [candidate] };
    else if (f1 === best.f1) best.thresholds.push(candidate);
  }
  return { threshold: at(best.thresholds, best.thresholds.length >> 1), f1: best.f1 };
}

const at = (values: ArrayLike<number>, index: number): number => values[index] as number;
