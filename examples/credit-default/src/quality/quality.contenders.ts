import type { EstimatorDeclaration } from '@perennial/estimators';
import type { TrainingConfig } from '@perennial/training';

type Chosen = Partial<TrainingConfig>;

export interface Contender {
  readonly name: string;
  /** What is declared in pipeline.yaml, and what differs from the documented training. */
  readonly model: EstimatorDeclaration;
  readonly training: Chosen;
}

/** A rate that ends at 0 is worth nearly 0.01 of ROC-AUC to a logistic regression. */
const toRest: Chosen = { schedule: 'cosine' };
const documented = { kind: 'tab-transformer', dModel: 32, heads: 4, layers: 6, feedForward: 64, dropout: 0.3 } as const;
/** Those of the schema, written out because a declaration here has no defaults. */
const trees = {
  ...{
    kind: 'lightgbm' as const,
    numLeaves: 15,
    minDataInLeaf: 50,
    featureFraction: 0.6,
    baggingFraction: 0.8,
    lambdaL2: 5,
  },
  earlyStoppingRound: 100,
} as const;

/** Ours. The training that is not named here is pipeline.yaml's default: 10 epochs, batch 32, Adam, 3e-4, balanced. */
export const contenders: readonly Contender[] = [
  {
    name: 'logistic-regression',
    model: { kind: 'logistic-regression' },
    training: { ...toRest, learningRate: 0.01 },
  },
  { name: 'lightgbm', model: trees, training: { epochs: 2000, learningRate: 0.03, classWeights: 'none' } },
  { name: 'tab-transformer', model: documented, training: {} },
  {
    name: 'mlp',
    model: { kind: 'mlp', embedding: 8, hidden: [128, 64], dropout: 0.2 },
    training: { ...toRest, epochs: 15, batchSize: 128, learningRate: 0.001 },
  },
  {
    name: 'ft-transformer',
    model: {
      ...{ kind: 'ft-transformer', dModel: 64, heads: 8, layers: 3, feedForward: 85 },
      ...{ attentionDropout: 0.2, feedForwardDropout: 0.1, residualDropout: 0 },
    },
    training: {
      ...{ epochs: 10, batchSize: 128, optimizer: 'adamw', weightDecay: 1e-5, learningRate: 0.0005 },
      earlyStopping: { metric: 'rocAuc', patience: 3 },
    },
  },
];

/** By the names that python/quality.py knows. */
export const peers = [
  'scikit-learn logistic regression',
  'LightGBM, its own standard parameters',
  'LightGBM, slow small trees',
  'PyTorch tab-transformer',
] as const;

/** Of those of ours that are measured with it. */
export const ENSEMBLE = 'ensemble';
