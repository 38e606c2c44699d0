import { Graph, serialiseModel } from '@perennial/onnx-graph';
import type { FittedPreprocessing } from '@perennial/preprocessing-steps';
import { noDropout } from './dropout.sites';
import { parameterLayout, parametersAsConstants } from './parameter.layout';
import { encodeRawInputs, rawInputs } from './raw-inputs.graph';
import { checkConfig, ModelConfigError, vocabularyDigest } from './model.config';
import { forward, type ModelConfig } from './model.kinds';
import { BATCH, positiveProbability } from './scoring.graph';

const OUTPUT = 'probability';

export interface ArtifactRequest {
  readonly fitted: FittedPreprocessing;
  readonly modelConfig: ModelConfig;
  /** Flat, as parameterLayout(modelConfig) orders them. */
  readonly parameters: Float32Array;
  readonly decisionThreshold: number;
  readonly pipelineName: string;
}

/**
 * The served model: an ONNX file from raw columns ([batch, 1] each; null = NaN or "") to `probability` [batch, 1].
 * Throws ModelConfigError when the model was not made for this preprocessing.
 */
export function buildArtifact(request: ArtifactRequest): Uint8Array {
  const { fitted, modelConfig, parameters, decisionThreshold, pipelineName } = request;
  checkConfig(modelConfig);
  checkFeatures(fitted, modelConfig);
  const layout = parameterLayout(modelConfig);
  if (parameters.length !== layout.size) {
    throw new ModelConfigError(`the model has ${layout.size} parameters, not ${parameters.length}`, {
      expected: layout.size,
      actual: parameters.length,
    });
  }
  if (fitted.inputs.some(({ column }) => column === OUTPUT)) {
    throw new ModelConfigError(`a model input cannot be named ${OUTPUT}: it is the output's name`, { column: OUTPUT });
  }
  const g = new Graph('artifact');
  const encoded = encodeRawInputs(g, fitted);
  const parameter = parametersAsConstants(g, parameters, layout);
  const logits = forward({ graph: g, batch: BATCH, parameter, dropout: noDropout }, modelConfig, encoded);
  g.output(OUTPUT, positiveProbability(g, logits));
  return serialiseModel(g, {
    'perennial.decision_threshold': String(decisionThreshold),
    'perennial.pipeline': pipelineName,
    'perennial.signature': JSON.stringify(artifactSignature(fitted)),
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

function checkFeatures(fitted: FittedPreprocessing, config: ModelConfig): void {
  const wanted = JSON.stringify([
    config.categorical.map(({ feature, vocabularyDigest: digest }) => [feature, digest]),
    config.numeric,
  ]);
  const given = JSON.stringify([
    fitted.categorical.map(({ feature, vocabulary }) => [feature, vocabularyDigest(vocabulary)]),
    fitted.numeric.map(({ feature }) => feature),
  ]);
  if (wanted !== given) {
    throw new ModelConfigError('the fitted preprocessing is not the one the model was trained with', { wanted, given });
  }
}
