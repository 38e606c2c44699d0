import { DIMENSION, GRAPH, MODEL, NODE, OPSET, TENSOR, TENSOR_TYPE, TYPE, VALUE } from './onnx.fields';
import { decodeText, fieldsOf } from './protobuf.reader';
import { unsuitable } from './unsuitable-model.error';

/** An input or an output of a graph. */
export interface DeclaredValue {
  name: string;
  kind: 'tensor' | 'sequence' | 'other';
  /** Of a tensor: TensorProto.DataType. */
  elementType: number;
  /** Null where a size is free, or the graph does not say. */
  shape: (number | null)[] | null;
}

export interface NodeParts {
  op: string;
  domain: string;
  /** "" stands for one that is left out. */
  inputs: string[];
  outputs: string[];
  /** Messages. */
  attributes: Uint8Array[];
  /** The node itself. */
  message: Uint8Array;
}

export interface GraphParts {
  nodes: NodeParts[];
  initializers: { name: string; message: Uint8Array }[];
  /** Without those that an initializer fills. */
  inputs: DeclaredValue[];
  outputs: DeclaredValue[];
}

export interface ModelParts {
  irVersion: number;
  /** By domain; ai.onnx is "". */
  opsets: Map<string, number>;
  graph: GraphParts;
}

const STANDARD: readonly string[] = ['', 'ai.onnx'];
const domainOf = (domain: string): string => (STANDARD.includes(domain) ? '' : domain);

export function textOf(message: Uint8Array, wanted: number): string {
  let found = '';
  for (const { number, content } of fieldsOf(message)) {
    if (number === wanted && content) found = decodeText(content);
  }
  return found;
}

export function nodeParts(message: Uint8Array): NodeParts {
  const node: NodeParts = { op: '', domain: '', inputs: [], outputs: [], attributes: [], message };
  for (const { number, content } of fieldsOf(message)) {
    if (content === undefined) continue;
    if (number === NODE.attribute) node.attributes.push(content);
    else if (number === NODE.input) node.inputs.push(decodeText(content));
    else if (number === NODE.output) node.outputs.push(decodeText(content));
    else if (number === NODE.opType) node.op = decodeText(content);
    else if (number === NODE.domain) node.domain = domainOf(decodeText(content));
  }
  return node;
}

function shapeOf(message: Uint8Array): (number | null)[] {
  return [...fieldsOf(message)].map(({ content: dimension = new Uint8Array() }) => {
    const size = [...fieldsOf(dimension)].find(({ number }) => number === DIMENSION.value)?.value;
    // Some converters write 0 or -1 for a size that is free.
    return size === undefined || size <= 0 || size >= 2 ** 53 ? null : size;
  });
}

function declaredValue(message: Uint8Array): DeclaredValue {
  const declared: DeclaredValue = { name: '', kind: 'other', elementType: 0, shape: null };
  for (const { number, content } of fieldsOf(message)) {
    if (number === VALUE.name && content) declared.name = decodeText(content);
    if (number !== VALUE.type || !content) continue;
    for (const type of fieldsOf(content)) {
      if (type.number === TYPE.sequence) declared.kind = 'sequence';
      if (type.number !== TYPE.tensor || !type.content) continue;
      declared.kind = 'tensor';
      for (const field of fieldsOf(type.content)) {
        if (field.number === TENSOR_TYPE.elementType) declared.elementType = field.value ?? 0;
        if (field.number === TENSOR_TYPE.shape && field.content) declared.shape = shapeOf(field.content);
      }
    }
  }
  return declared;
}

function graphParts(message: Uint8Array): GraphParts {
  const graph: GraphParts = { nodes: [], initializers: [], inputs: [], outputs: [] };
  for (const { number, content } of fieldsOf(message)) {
    if (content === undefined) continue;
    if (number === GRAPH.node) graph.nodes.push(nodeParts(content));
    else if (number === GRAPH.initializer) {
      graph.initializers.push({ name: textOf(content, TENSOR.name), message: content });
    } else if (number === GRAPH.input) graph.inputs.push(declaredValue(content));
    else if (number === GRAPH.output) graph.outputs.push(declaredValue(content));
  }
  const filled = new Set(graph.initializers.map(({ name }) => name));
  return { ...graph, inputs: graph.inputs.filter(({ name }) => !filled.has(name)) };
}

/**
 * What a model file is made of. The file must have passed the platform's check of model files, which bounds its size and
 * nesting. Throws MalformedMessageError, or UnsuitableModelError where it has no graph.
 */
export function modelParts(bytes: Uint8Array): ModelParts {
  let irVersion = 0;
  let graph: GraphParts | undefined;
  const opsets = new Map<string, number>();
  for (const { number, content, value } of fieldsOf(bytes)) {
    if (number === MODEL.irVersion) irVersion = value ?? 0;
    else if (number === MODEL.graph && content) graph = graphParts(content);
    else if (number === MODEL.opsetImport && content) {
      const version = [...fieldsOf(content)].find((field) => field.number === OPSET.version)?.value;
      opsets.set(domainOf(textOf(content, OPSET.domain)), version ?? 1);
    }
  }
  if (graph === undefined) throw unsuitable('file', 'no graph', 'must be an ONNX model');
  return { irVersion, opsets, graph };
}
