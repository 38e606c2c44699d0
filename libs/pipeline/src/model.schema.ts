import { z } from 'zod';

const positiveInteger = z.int().min(1);
const dropout = z.number().min(0).lt(1);

/** As documented for the system; Huang et al., arXiv 2012.06678. */
const tabTransformer = z.strictObject({
  kind: z.literal('tab-transformer'),
  dModel: positiveInteger.default(32),
  heads: positiveInteger.default(4),
  layers: positiveInteger.default(6),
  feedForward: positiveInteger.default(64),
  dropout: dropout.default(0.3),
});

/** Gorishniy et al., arXiv 2106.11959: its default dropouts, at a size for processors. */
const ftTransformer = z.strictObject({
  kind: z.literal('ft-transformer'),
  dModel: positiveInteger.default(64),
  heads: positiveInteger.default(8),
  layers: positiveInteger.default(3),
  feedForward: positiveInteger.default(85),
  attentionDropout: dropout.default(0.2),
  feedForwardDropout: dropout.default(0.1),
  residualDropout: dropout.default(0),
});

const mlp = z.strictObject({
  kind: z.literal('mlp'),
  embedding: positiveInteger.default(8),
  hidden: z.array(positiveInteger).min(1).default([128, 64]),
  dropout: dropout.default(0.2),
});

const whole = (least: number, most = 2 ** 31 - 1) => z.int().min(least).max(most);
const share = z.number().gt(0).max(1);
const penalty = z.number().min(0);

/**
 * LightGBM's parameters under its names in camel case. Slow, small trees with early stopping: the better of the measured
 * settings (docs/adr/0012-lightgbm.md); the rest are LightGBM's own values.
 */
const lightgbm = z.strictObject({
  kind: z.literal('lightgbm'),
  numIterations: whole(1).default(2000),
  learningRate: z.number().positive().default(0.03),
  numLeaves: whole(2, 131_072).default(15),
  maxDepth: whole(-1).default(-1),
  minDataInLeaf: whole(0).default(50),
  minSumHessianInLeaf: penalty.default(1e-3),
  featureFraction: share.default(0.6),
  baggingFraction: share.default(0.8),
  baggingFreq: whole(0).default(1),
  lambdaL1: penalty.default(0),
  lambdaL2: penalty.default(5),
  minGainToSplit: penalty.default(0),
  maxBin: whole(2, 65_535).default(255),
  catSmooth: penalty.default(10),
  catL2: penalty.default(10),
  maxCatThreshold: whole(1).default(32),
  maxCatToOnehot: whole(1).default(4),
  minDataPerGroup: whole(1).default(100),
  earlyStoppingRound: whole(0).default(100),
  categoricalSplits: z.enum(['native', 'codes']).default('native'),
});

const logisticRegression = z.strictObject({ kind: z.literal('logistic-regression') });

export const DEFAULT_MODEL_KIND = 'tab-transformer';

export const modelSchema = z
  .discriminatedUnion('kind', [tabTransformer, ftTransformer, mlp, logisticRegression, lightgbm])
  .prefault({ kind: DEFAULT_MODEL_KIND });
