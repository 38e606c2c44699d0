import { Root } from 'protobufjs';
import type { Attribute, Graph, Node, Value } from './graph';
import { onnxSchema } from './onnx.schema';
import { type ConstantTensor, dataTypeCode, rawBytes } from './tensor';

const IR_VERSION = 8;
const OPSETS = [
  { domain: '', version: 17 },
  { domain: 'ai.onnx.ml', version: 3 },
];
const attributeTypeCode = { float: 1, int: 2, string: 3, tensor: 4, graph: 5, floats: 6, ints: 7, strings: 8 } as const;

const modelProto = Root.fromJSON(onnxSchema).lookupType('onnx.ModelProto');
const utf8 = new TextEncoder();

/** An ONNX ModelProto (opset 17 and ai.onnx.ml 3). The same graph gives the same bytes. */
export function serialiseModel(graph: Graph, metadata: Readonly<Record<string, string>> = {}): Uint8Array {
  const encoded = modelProto
    .encode({
      irVersion: IR_VERSION,
      producerName: 'perennial',
      graph: graphProto(graph),
      opsetImport: OPSETS,
      metadataProps: Object.entries(metadata).map(([key, value]) => ({ key, value })),
    })
    .finish();
  return new Uint8Array(encoded);
}

function graphProto(graph: Graph): object {
  return {
    name: graph.name,
    node: graph.nodes.map(nodeProto),
    initializer: graph.initializers.map(({ value, tensor }) => tensorProto(tensor, value.name)),
    input: graph.inputs.map(valueInfo),
    output: graph.outputs.map(({ value }) => valueInfo(value)),
  };
}

function nodeProto(node: Node): object {
  return {
    input: node.inputs.map((input) => input?.name ?? ''),
    output: node.outputs.map((output) => output.name),
    name: node.outputs[0]?.name,
    opType: node.opType,
    domain: node.domain,
    attribute: Object.entries(node.attributes).map(([name, attribute]) => attributeProto(name, attribute)),
  };
}

function attributeProto(name: string, attribute: Attribute): object {
  const head = { name, type: attributeTypeCode[attribute.kind] };
  switch (attribute.kind) {
    case 'int':
      return { ...head, i: attribute.value };
    case 'float':
      return { ...head, f: attribute.value };
    case 'string':
      return { ...head, s: utf8.encode(attribute.value) };
    case 'ints':
      return { ...head, ints: attribute.value };
    case 'floats':
      return { ...head, floats: attribute.value };
    case 'strings':
      return { ...head, strings: attribute.value.map((text) => utf8.encode(text)) };
    case 'tensor':
      return { ...head, t: tensorProto(attribute.value, '') };
    case 'graph':
      return { ...head, g: graphProto(attribute.value) };
  }
}

function tensorProto(tensor: ConstantTensor, name: string): object {
  const head = { name, dims: tensor.shape, dataType: dataTypeCode[tensor.type] };
  if (tensor.type !== 'string') return { ...head, rawData: rawBytes(tensor) };
  return { ...head, stringData: (tensor.data as readonly string[]).map((text) => utf8.encode(text)) };
}

function valueInfo(value: Value): object {
  const dim = value.shape.map((size) => (typeof size === 'number' ? { dimValue: size } : { dimParam: size }));
  return { name: value.name, type: { tensorType: { elemType: dataTypeCode[value.type], shape: { dim } } } };
}
