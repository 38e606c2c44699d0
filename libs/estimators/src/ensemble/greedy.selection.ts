import { bestF1Threshold, scores } from '@perennial/classification-metrics';

export type EnsembleMetric = 'f1' | 'rocAuc' | 'logLoss';

/**
 * Greedy selection with replacement (Caruana et al., ICML 2004): `size` times the candidate is added whose mean with those
 * chosen before is best on the labels; the best of these ensembles counts, the smaller one of equals. Returns how often
 * each candidate is in it.
 */
export function selectEnsemble(
  candidates: readonly Float32Array[],
  labels: Int32Array,
  { size, metric }: { readonly size: number; readonly metric: EnsembleMetric },
): number[] {
  const counts = candidates.map(() => 0);
  const sum = new Float64Array(labels.length);
  let best = { value: -Infinity, counts };
  for (let added = 1; added <= size; added++) {
    const values = candidates.map((candidate) =>
      measure(
        metric,
        labels,
        sum.map((p, row) => (p + (candidate[row] as number)) / added),
      ),
    );
    const chosen = values.indexOf(Math.max(...values));
    if (chosen < 0) break;
    counts[chosen] = (counts[chosen] as number) + 1;
    (candidates[chosen] as Float32Array).forEach((p, row) => (sum[row] = (sum[row] as number) + p));
    if ((values[chosen] as number) > best.value) best = { value: values[chosen] as number, counts: [...counts] };
  }
  return [...best.counts];
}

/** The higher the better; −∞ where it is not defined. */
function measure(metric: EnsembleMetric, labels: Int32Array, mean: Float64Array): number {
  const probabilities = mean.map((p) => Math.min(p, 1));
  if (metric === 'f1') return bestF1Threshold(labels, probabilities)?.f1 ?? -Infinity;
  const { rocAuc, logLoss } = scores(labels, probabilities, { threshold: 0.5, averaging: 'binary' });
  return metric === 'rocAuc' ? (rocAuc ?? -Infinity) : -(logLoss ?? Infinity);
}
