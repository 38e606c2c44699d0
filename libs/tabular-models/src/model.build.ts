import type { Dim, Graph, Value } from '@perennial/onnx-graph';

/** How a parameter's values are drawn before training. */
export type Initialisation =
  | { readonly kind: 'constant'; readonly value: number }
  /** Standard normal. */
  | { readonly kind: 'normal' }
  /** Uniform in ±bound. */
  | { readonly kind: 'uniform'; readonly bound: number };

export interface ParameterOptions {
  readonly initialisation: Initialisation;
  /** Whether decoupled weight decay shrinks it: matrices of linear layers are, by default; nothing else. */
  readonly decays?: boolean;
}

/**
 * A model under construction. Layers ask for their parameters and places of dropout where they use them; who runs the
 * construction decides what these are: views of one trained vector, constants, or only a record of what was asked for.
 */
export interface ModelBuild {
  readonly graph: Graph;
  readonly batch: Dim;
  parameter(name: string, shape: readonly number[], options: ParameterOptions): Value;
  /** Inverted dropout; the identity outside training and where the probability is 0. */
  dropout(x: Value, site: string, probability: number): Value;
}
