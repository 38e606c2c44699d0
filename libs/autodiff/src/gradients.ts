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
    const start = graph.nodes.length;
    const found = backward(graph, node, arriving, wanted);
    for (const [index, gradient] of found.entries()) {
      const input = node.inputs[index];
      if (!gradient || !input || !wanted.has(input)) continue;
      const own = found.filter((each) => each === gradient).length === 1;
      accumulate(graph, arriving, input, gradient, own ? start : graph.nodes.length);
    }
  }
  const found = targets.map((target) => arriving.get(target));
  dropUnread(graph, forward.length, found);
  return found;
}

/** Takes away the nodes from `start` on that none of `wanted` is made of: transposes that others made needless. */
function dropUnread(graph: Graph, start: number, wanted: readonly (Value | undefined)[]): void {
  const read = new Set(wanted);
  const added = graph.nodes.splice(start);
  const kept = added.reverse().filter(({ inputs, outputs }) => {
    const needed = outputs.some((output) => read.has(output));
    if (needed) inputs.forEach((input) => read.add(input));
    return needed;
  });
  graph.nodes.push(...kept.reverse());
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

/** `since`: from this node on nothing but the accumulation reads the gradient. */
function accumulate(graph: Graph, arriving: Map<Value, Value>, value: Value, gradient: Value, since: number): void {
  if (!sameShape(gradient.shape, value.shape)) {
    throw new Error(`gradient [${gradient.shape.join()}] does not fit ${value.name} [${value.shape.join()}]`);
  }
  const before = arriving.get(value);
  if (before && addsItself(graph, before, gradient, since)) arriving.set(value, gradient);
  else arriving.set(value, before ? add(graph, before, gradient) : gradient);
}

/** A Gemm made since then takes the addend in, which saves a pass. */
function addsItself(graph: Graph, addend: Value, product: Value, since: number): boolean {
  const at = graph.nodes.findLastIndex(({ outputs }) => outputs[0] === product);
  const node = graph.nodes[at];
  if (!node || at < since || node.opType !== 'Gemm' || node.inputs.length !== 2) return false;
  if (graph.nodes.slice(at).some(({ inputs }) => inputs.includes(product))) return false;
  graph.nodes[at] = { ...node, inputs: [...node.inputs, addend] };
  return true;
}
