import { add, type Graph, type Node, sameShape, type Value } from '@perennial/onnx-graph';
import { gradientRules } from './gradient.rules';

/** An operator on the way from a parameter to the loss has no rule. */
export class MissingGradientRuleError extends Error {
  readonly code = 'autodiff.missing-rule';
  readonly retryable = false;

  constructor(readonly details: { opType: string; output: string }) {
    super(`no gradient rule for the operator ${details.opType} (output ${details.output})`);
    this.name = 'MissingGradientRuleError';
  }
}

/**
 * Appends to `graph` the nodes that compute d(output)/d(target) for each target, given `seed` = the gradient of
 * `output` (same shape). Returns one value per target; undefined where the output does not depend on it.
 * Walks the nodes once, last to first: a graph's node order is topological by construction.
 */
export function gradients(graph: Graph, output: Value, seed: Value, targets: readonly Value[]): (Value | undefined)[] {
  const forward = [...graph.nodes];
  const wanted = dependents(forward, targets);
  const arriving = new Map<Value, Value>([[output, seed]]);
  for (const node of forward.reverse()) {
    if (!node.outputs.some((value) => wanted.has(value) && arriving.has(value))) continue;
    for (const [index, gradient] of backward(graph, node, arriving, wanted).entries()) {
      const input = node.inputs[index];
      if (!gradient || !input || !wanted.has(input)) continue;
      accumulate(graph, arriving, input, gradient);
    }
  }
  return targets.map((target) => arriving.get(target));
}

/** Everything that depends on one of `targets`, themselves included. */
function dependents(nodes: readonly Node[], targets: readonly Value[]): Set<Value> {
  const found = new Set<Value>(targets);
  for (const node of nodes) {
    if (node.inputs.some((input) => input && found.has(input))) node.outputs.forEach((value) => found.add(value));
  }
  return found;
}

function backward(graph: Graph, node: Node, arriving: Map<Value, Value>, wanted: Set<Value>): (Value | undefined)[] {
  const rule = gradientRules[node.opType];
  if (!rule) throw new MissingGradientRuleError({ opType: node.opType, output: node.outputs[0]?.name ?? '' });
  const outputGradients = node.outputs.map((value) => arriving.get(value));
  const context = {
    graph,
    node,
    needs: (index: number) => wanted.has(node.inputs[index] as Value),
    input: (index: number) => node.inputs[index] as Value,
    output: (index = 0) => node.outputs[index] as Value,
  };
  return rule(context, outputGradients[0] as Value, outputGradients);
}

function accumulate(graph: Graph, arriving: Map<Value, Value>, value: Value, gradient: Value): void {
  if (!sameShape(gradient.shape, value.shape)) {
    throw new Error(`gradient [${gradient.shape.join()}] does not fit ${value.name} [${value.shape.join()}]`);
  }
  const before = arriving.get(value);
  arriving.set(value, before ? add(graph, before, gradient) : gradient);
}
