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

const logisticRegression = z.strictObject({ kind: z.literal('logistic-regression') });

export const DEFAULT_MODEL_KIND = 'tab-transformer';

export const modelSchema = z
  .discriminatedUnion('kind', [tabTransformer, ftTransformer, mlp, logisticRegression])
  .prefault({ kind: DEFAULT_MODEL_KIND });
