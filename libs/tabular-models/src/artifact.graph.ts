import { Graph, serialiseModel, type Value } from '@perennial/onnx-graph';
import type { FittedPreprocessing } from '@perennial/preprocessing-steps';
import { noDropout } from './dropout.sites';
import { parameterLayout, parametersAsConstants } from './parameter.layout';
import { encodeRawInputs, rawInputs } from './raw-inputs.graph';
import type { EncodedInputs, ModelFeatures } from './features';
import { checkConfig, ModelConfigError, modelFeatures } from './model.config';
import { forward, type ModelConfig } from './model.kinds';
import { BATCH, positiveProbability } from './scoring.graph';

const OUTPUT = 'probability';

/** What every artifact carries, whatever computes its probabilities. */
export interface ArtifactFrame {
  readonly fitted: FittedPreprocessing;
  readonly decisionThreshold: number;
  readonly pipelineName: string;
}

export interface ArtifactRequest extends ArtifactFrame {
  readonly modelConfig: ModelConfig;
  /** Flat, as parameterLayout(modelConfig) orders them. */
  readonly parameters: Float32Array;
}

/** Adds a model's nodes: P(positive), float32 [batch, 1], of encoded rows. */
export type ProbabilityGraph = (g: Graph, encoded: EncodedInputs) => Value;

/**
 * The served model: an ONNX file from raw columns ([batch, 1] each; null = NaN or "") to `probability` [batch, 1].
 * Throws ModelConfigError when the model was not made for this preprocessing.
 */
export function buildArtifact({ modelConfig, parameters, ...frame }: ArtifactRequest): Uint8Array {
  const probability = modelProbability(modelConfig, parameters);
  checkFeatures(frame.fitted, modelConfig);
  return frameArtifact(frame, probability);
}

/** The nodes of a trained model. Throws ModelConfigError unless the parameters are those of such a model. */
export function modelProbability(modelConfig: ModelConfig, parameters: Float32Array): ProbabilityGraph {
  checkConfig(modelConfig);
  const layout = parameterLayout(modelConfig);
  if (parameters.length !== layout.size) {
    throw new ModelConfigError(`the model has ${layout.size} parameters, not ${parameters.length}`, {
      expected: layout.size,
      actual: parameters.length,
    });
  }
  return (g, encoded) => {
    const build = {
      graph: g,
      batch: BATCH,
      parameter: parametersAsConstants(g, parameters, layout),
      dropout: noDropout,
    };
    return positiveProbability(g, forward(build, modelConfig, encoded));
  };
}

/** The served model of any kind: raw columns, encoded as preprocessing does it, then `probability`. */
export function frameArtifact(
  { fitted, decisionThreshold, pipelineName }: ArtifactFrame,
  probability: ProbabilityGraph,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  if (fitted.inputs.some(({ column }) => column === OUTPUT)) {
    throw new ModelConfigError(`a model input cannot be named ${OUTPUT}: it is the output's name`, { column: OUTPUT });
  }
  const g = new Graph('artifact');
  g.output(OUTPUT, probability(g, encodeRawInputs(g, fitted)));
  return serialiseModel(g, {
    'perennial.decision_threshold': String(decisionThreshold),
    'perennial.pipeline': pipelineName,
    'perennial.signature': JSON.stringify(artifactSignature(fitted)),
    ...metadata,
  });
}

export interface ArtifactSignature {
  readonly inputs: readonly { name: string; type: 'string' | 'float32'; columnType: string; shape: ['batch', 1] }[];
  readonly outputs: readonly { name: string; type: 'float32'; shape: ['batch', 1] }[];
}

export function artifactSignature(fitted: FittedPreprocessing): ArtifactSignature {
  const columnTypes = new Map(fitted.inputs.map(({ column, type }) => [column, type as string]));
  return {
    inputs: rawInputs(fitted).map(({ name, type }) => ({
      name,
      type,
      columnType: columnTypes.get(name) as string,
      shape: ['batch', 1],
    })),
    outputs: [{ name: OUTPUT, type: 'float32', shape: ['batch', 1] }],
  };
}

/** Throws ModelConfigError unless a model of these features was made for this preprocessing. */
export function checkFeatures(fitted: FittedPreprocessing, config: ModelFeatures): void {
  const wanted = JSON.stringify([
    config.categorical.map(({ feature, vocabularyDigest: digest }) => [feature, digest]),
    config.numeric,
  ]);
  const features = modelFeatures(fitted);
  const given = JSON.stringify([
    features.categorical.map(({ feature, vocabularyDigest: digest }) => [feature, digest]),
    features.numeric,
  ]);
  if (wanted !== given) {
    throw new ModelConfigError('the fitted preprocessing is not the one the model was trained with', { wanted, given });
  }
}
