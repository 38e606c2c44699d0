import { cut, MODEL_LIMITS, refusedModel } from './model.limits';
import { fieldsOf } from '@perennial/onnx-file';
import { checkTensor } from './tensor.check';

// Field numbers: onnx.proto.
const GRAPH = { node: 1, initializer: 5, input: 11, sparseInitializer: 15 };
const NODE = { input: 1, output: 2, name: 3, opType: 4, attribute: 5, domain: 7 };
const ATTRIBUTE = { name: 1, tensor: 5, graph: 6, tensors: 10, graphs: 11, sparseTensor: 22, sparseTensors: 23 };
const VALUE_NAME = 1;

/** What the rules for graphs look at. */
export interface GraphOutline {
  readonly inputs: readonly string[];
  readonly initializers: readonly string[];
  readonly nodes: readonly NodeOutline[];
}

export interface NodeOutline {
  readonly op: string;
  readonly domain: string;
  /** Names of values; "" stands for an input that is left out. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly graphs: readonly GraphOutline[];
  /** For messages. */
  readonly title: string;
}

const decoder = new TextDecoder();

const textIn = (message: Uint8Array, wanted: number): string => {
  for (const { number, content } of fieldsOf(message)) {
    if (number === wanted && content) return decoder.decode(content);
  }
  return '';
};

/** Reads graphs while counting their nodes, and checks each tensor that it meets. */
export class OutlineReader {
  private nodes = 0;

  /** Throws MODEL_UNLOADABLE, or MalformedMessageError. */
  graph(bytes: Uint8Array, depth = 0): GraphOutline {
    if (depth > MODEL_LIMITS.depth) {
      throw refusedModel('graph', depth, `must be nested at most ${MODEL_LIMITS.depth} deep`);
    }
    const inputs: string[] = [];
    const initializers: string[] = [];
    const nodes: NodeOutline[] = [];
    for (const { number, content } of fieldsOf(bytes)) {
      if (content === undefined) continue;
      if (number === GRAPH.node) nodes.push(this.node(content, depth));
      else if (number === GRAPH.initializer) initializers.push(checkTensor(content, 'initializer'));
      else if (number === GRAPH.input) inputs.push(textIn(content, VALUE_NAME));
      else if (number === GRAPH.sparseInitializer) throw sparse('initializer');
    }
    return { inputs, initializers, nodes };
  }

  private node(bytes: Uint8Array, depth: number): NodeOutline {
    this.nodes += 1;
    if (this.nodes > MODEL_LIMITS.nodes) {
      throw refusedModel('graph', this.nodes, `must have at most ${MODEL_LIMITS.nodes} nodes`);
    }
    const texts = new Map<number, string[]>();
    const attributes: Uint8Array[] = [];
    for (const { number, content } of fieldsOf(bytes)) {
      if (content === undefined) continue;
      if (number === NODE.attribute) attributes.push(content);
      else if (number <= NODE.domain) {
        if (!texts.has(number)) texts.set(number, []);
        texts.get(number)?.push(decoder.decode(content));
      }
    }
    const last = (number: number) => texts.get(number)?.at(-1) ?? '';
    const [inputs, outputs] = [texts.get(NODE.input) ?? [], texts.get(NODE.output) ?? []];
    const op = last(NODE.opType);
    const title = cut(`node ${last(NODE.name) || outputs[0] || ''} (${op})`);
    const graphs = attributes.flatMap((attribute) => this.attribute(attribute, title, depth));
    return { op, domain: last(NODE.domain), inputs, outputs, graphs, title };
  }

  private attribute(bytes: Uint8Array, node: string, depth: number): GraphOutline[] {
    const field = `${node}: attribute ${textIn(bytes, ATTRIBUTE.name)}`;
    const graphs: GraphOutline[] = [];
    let single = 0;
    for (const { number, content } of fieldsOf(bytes)) {
      if (content === undefined) continue;
      if (number === ATTRIBUTE.tensor || number === ATTRIBUTE.tensors) checkTensor(content, field);
      else if (number === ATTRIBUTE.graph || number === ATTRIBUTE.graphs) graphs.push(this.graph(content, depth + 1));
      else if (number === ATTRIBUTE.sparseTensor || number === ATTRIBUTE.sparseTensors) throw sparse(field);
      // Repeated, they would be merged into one that was never looked at.
      if (number === ATTRIBUTE.tensor || number === ATTRIBUTE.graph) single += 1;
    }
    if (single > 1) throw refusedModel(field, single, 'must hold one value');
    return graphs;
  }
}

const sparse = (field: string) => refusedModel(field, 'sparse', 'must be a dense tensor');
