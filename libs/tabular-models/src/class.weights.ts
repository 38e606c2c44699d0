import { CLASSES } from './model.kind';

export type ClassWeights = 'balanced' | 'none' | readonly [number, number];

/** Weight of each class; balanced = rows / (classes · rows of the class), as scikit-learn's compute_class_weight. */
export function resolveClassWeights(labels: ArrayLike<number>, weights: ClassWeights): [number, number] {
  if (weights === 'none') return [1, 1];
  if (weights !== 'balanced') return [weights[0], weights[1]];
  const positives = Array.prototype.reduce.call(
    labels,
    (sum, label) => (sum as number) + (label as number),
    0,
  ) as number;
  return [labels.length / (CLASSES * (labels.length - positives)), labels.length / (CLASSES * positives)];
}

/**
 * Writes one batch of targets [batch, classes]: w_y / Σw at a row's class, 0 elsewhere. With them −Σ target·log p is
 * torch.nn.CrossEntropyLoss(weight) over the real rows alone, and padding rows (those past `labels`) weigh nothing.
 */
export function writeWeightedTargets(
  target: Float32Array,
  labels: ArrayLike<number>,
  weights: readonly [number, number],
): void {
  target.fill(0);
  let total = 0;
  for (let row = 0; row < labels.length; row++) total += weights[labels[row] as 0 | 1];
  for (let row = 0; row < labels.length; row++) {
    const label = labels[row] as 0 | 1;
    target[row * CLASSES + label] = weights[label] / total;
  }
}
