import type { Value } from '@perennial/onnx-graph';
import type { Rule } from './config.rules';
import type { EncodedInputs, ModelFeatures } from './features';
import type { ModelBuild } from './model.build';

/** Outputs of every model: one logit per class. */
export const CLASSES = 2;

/** All that the engine asks of a kind of model. What it does not say here follows from `logits`. */
export interface ModelKind<C extends ModelFeatures> {
  /** Of each of its sizes, in order; the first broken rule is told. */
  readonly rules: { readonly [field in Exclude<keyof C, keyof ModelFeatures | 'kind'>]: readonly Rule<C>[] };
  /** [batch, width] from encoded features: what its head reads, and pretraining teaches. Null: there is nothing before it. */
  readonly representation: ((build: ModelBuild, config: C, inputs: EncodedInputs) => Value) | null;
  /** [batch, classes] from encoded features, at least one of which there is. */
  logits(build: ModelBuild, config: C, inputs: EncodedInputs): Value;
}
