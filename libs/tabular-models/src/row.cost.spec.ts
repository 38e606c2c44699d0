import { flopOfRow } from './row.cost';

it('counts two for each weight of a linear layer forward, and as many for each of its gradients', () => {
  const numeric = ['a', 'b', 'c'];
  // Weights 3 · 2: forward and the weights' gradient; of 2 logits, the bias' gradient and the softmax's sums.
  expect(flopOfRow({ kind: 'logistic-regression', categorical: [], numeric })).toBe(
    2 * (2 * 3 * 2) + 2 * 2 + 2 * 2 * 2,
  );
});

it('is three times the forward pass of a transformer, and some for its normalisations', () => {
  const sizes = { dModel: 32, heads: 4, layers: 6, feedForward: 64, dropout: 0.3 };
  const categorical = Array.from({ length: 9 }, (_, at) => ({
    feature: `c${at}`,
    cardinality: 5,
    vocabularyDigest: '',
  }));
  const layer = 9 * (4 * 32 ** 2 + 2 * 32 * 64) + 2 * 9 ** 2 * 32;
  const head = (9 * 32 + 14) * 128 + 128 * 64 + 64 * 2;
  const numeric = Array.from({ length: 14 }, (_, at) => `n${at}`);
  const flop = flopOfRow({ kind: 'tab-transformer', ...sizes, categorical, numeric });
  expect(flop / (3 * 2 * (6 * layer + head))).toBeGreaterThan(1);
  expect(flop / (3 * 2 * (6 * layer + head))).toBeLessThan(1.25);
});
