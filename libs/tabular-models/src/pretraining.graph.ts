import * as op from '@perennial/onnx-graph';
import { noDropout } from './dropout.sites';
import { linear } from './layers';
import { ModelConfigError } from './model.config';
import { kindOf, type ModelConfig, type Network } from './model.kinds';
import type { OptimizerConfig } from './optimizer.graph';
import { type ParameterLayout, parameterLayout } from './parameter.layout';
import { gradientGraph, lossGraph, type Objective, stepsGraph } from './step.graph';

export interface ContrastConfig {
  /** Divides the cosines, above 0. */
  readonly temperature: number;
  /** Width of the projection head's two layers. */
  readonly projection: number;
}

/** For exp, what −∞ would be if −∞ · 0 were 0. */
const NEVER = -1e9;
const EPSILON = 1e-12;

/** The model without its head. Throws ModelConfigError where the kind has nothing else. */
function encoder(config: ModelConfig): Network {
  const { representation } = kindOf(config);
  if (representation) return representation;
  const rule = 'has no encoder that could be pretrained';
  throw new ModelConfigError(`model.kind is ${JSON.stringify(config.kind)}: ${rule}`, {
    ...{ field: 'kind', value: config.kind, rule },
  });
}

/** Linear, ReLU, linear behind the encoder. */
const projected =
  ({ projection }: ContrastConfig): Network =>
  (build, config, inputs) => {
    const hidden = linear(build, encoder(config)(build, config, inputs), 'projection.0', projection);
    return linear(build, op.relu(build.graph, hidden), 'projection.1', projection);
  };

/** Of the encoder alone. It is the beginning of the vector that pretraining learns. */
export const encoderLayout = (config: ModelConfig): ParameterLayout => parameterLayout(config, encoder(config));

/** Of the encoder and the projection head behind it. */
export const pretrainingLayout = (config: ModelConfig, contrast: ContrastConfig): ParameterLayout =>
  parameterLayout(config, projected(contrast));

/** Rows of length 1. */
function normalised(g: op.Graph, x: op.Value): op.Value {
  const squares = op.reduceSum(g, op.mul(g, x, x), [1], true);
  return op.div(g, x, op.sqrt(g, op.add(g, squares, op.scalar(g, EPSILON, x))));
}

/** [size, size] with `value` at (row, column(row)), 0 elsewhere. */
function sparse(size: number, value: number, column: (row: number) => number): op.ConstantTensor {
  const data = new Float32Array(size * size);
  for (let row = 0; row < size; row++) data[row * size + column(row)] = value;
  return { type: 'float32', shape: [size, size], data };
}

/**
 * NT-Xent (Chen et al., arXiv 2002.05709) of two views of each of `batch` rows, the first views before the second ones:
 * −log softmax over all other views of cosine / temperature, at the row's other view. Views of weight 0 are padding.
 */
function contrast(config: ModelConfig, terms: ContrastConfig, batch: number): Objective {
  const views = 2 * batch;
  const inputs = [
    { name: 'categorical', type: 'int32' as const, shape: [views, config.categorical.length] },
    { name: 'numeric', type: 'float32' as const, shape: [views, config.numeric.length] },
    { name: 'weights', type: 'float32' as const, shape: [views] },
  ];
  return {
    layout: pretrainingLayout(config, terms),
    inputs: inputs.filter(({ shape }) => op.sizeOf(shape) > 0),
    loss(graph: op.Graph, parameter, { categorical, numeric, weights: given }) {
      const weights = given as op.Value;
      const build = { graph, batch: views, parameter, dropout: noDropout };
      const projections = normalised(graph, projected(terms)(build, config, { categorical, numeric }));
      const cosines = op.gemm(graph, projections, projections, undefined, { transB: true });
      const zero = op.scalar(graph, 0, weights);
      const padding = op.where(graph, op.greater(graph, weights, zero), zero, op.scalar(graph, NEVER, weights));
      const itself = graph.constant(
        sparse(views, NEVER, (row) => row),
        'itself',
      );
      const candidates = op.add(graph, itself, op.reshape(graph, padding, [1, views]));
      const logits = op.add(
        graph,
        op.mul(graph, cosines, op.scalar(graph, 1 / terms.temperature, cosines)),
        candidates,
      );
      const other = graph.constant(
        sparse(views, 1, (row) => (row + batch) % views),
        'other',
      );
      const found = op.reduceSum(graph, op.mul(graph, op.logSoftmax(graph, logits), other), [1]);
      return { loss: op.neg(graph, op.reduceSum(graph, op.mul(graph, found, weights), [0])), seen: { projections } };
    },
  };
}

/** The contrastive loss, its flat gradient and the projections. See `contrast` for the inputs. */
export const buildContrastGradientGraph = (config: ModelConfig, terms: ContrastConfig, batch: number): op.Graph =>
  gradientGraph(contrast(config, terms, batch));

/** The contrastive loss of a batch with given parameters, to validate by. */
export const buildContrastGraph = (config: ModelConfig, terms: ContrastConfig, batch: number): op.Graph =>
  lossGraph(contrast(config, terms, batch));

/** Pretraining steps, see stepsGraph; sequences are categorical, numeric (those that exist), weights and rates. */
export const buildPretrainingGraph = (
  config: ModelConfig,
  terms: ContrastConfig,
  optimizer: OptimizerConfig,
  batch: number,
): op.Graph => stepsGraph(contrast(config, terms, batch), optimizer);
