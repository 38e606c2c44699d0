import { ATTRIBUTE, GRAPH } from './onnx.fields';
import { type GraphParts, nodeParts, type NodeParts } from './model.parts';
import { decodeText, fieldsOf } from './protobuf.reader';

/** Names that a node takes, those that the graphs within it take from outside included. */
export function namesTaken({ inputs, attributes }: NodeParts): string[] {
  const within = attributes.flatMap((attribute) =>
    [...fieldsOf(attribute)].flatMap(({ number, content }) => {
      const isGraph = number === ATTRIBUTE.graph || number === ATTRIBUTE.graphs;
      return isGraph && content ? namesInGraph(content) : [];
    }),
  );
  return [...inputs.filter((name) => name !== ''), ...within];
}

/** More than those from outside: what is kept for a name that hides another does no harm. */
function namesInGraph(graph: Uint8Array): string[] {
  return [...fieldsOf(graph)].flatMap(({ number, content }) => {
    if (!content) return [];
    if (number === GRAPH.node) return namesTaken(nodeParts(content));
    return number === GRAPH.output ? outputName(content) : [];
  });
}

const outputName = (value: Uint8Array): string[] =>
  [...fieldsOf(value)].flatMap(({ number, content }) => (number === 1 && content ? [decodeText(content)] : []));

/** The nodes that a value follows from, in their order, and every name that they take. */
export function leadingTo(
  name: string,
  { nodes }: Pick<GraphParts, 'nodes'>,
): { nodes: NodeParts[]; names: Set<string> } {
  const names = new Set([name]);
  const kept: NodeParts[] = [];
  // Nodes are in an order in which each follows those that it takes from.
  for (const node of [...nodes].reverse()) {
    if (!node.outputs.some((output) => output !== '' && names.has(output))) continue;
    kept.push(node);
    for (const taken of namesTaken(node)) names.add(taken);
  }
  return { nodes: kept.reverse(), names };
}
