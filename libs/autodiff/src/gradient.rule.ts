import type { Graph, Node, Value } from '@perennial/onnx-graph';

export interface RuleContext {
  readonly graph: Graph;
  readonly node: Node;
  /** Whether anything asked for depends on input `index`; a rule may leave out the others. */
  needs(index: number): boolean;
  input(index: number): Value;
  output(index?: number): Value;
}

/**
 * From the gradients of a node's outputs (undefined = zero) to those of its inputs, each shaped like its input.
 * `dy` is the gradient of the first output, which is never undefined for one-output nodes.
 */
export type GradientRule = (
  context: RuleContext,
  dy: Value,
  gradients: readonly (Value | undefined)[],
) => (Value | undefined)[];
