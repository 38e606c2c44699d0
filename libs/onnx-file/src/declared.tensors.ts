import { type DeclaredValue, modelParts } from './model.parts';
import { typeName } from './onnx.fields';

export interface DeclaredTensor {
  readonly name: string;
  /** Of its elements, as ONNX calls it: float, string, int64 …; "not a tensor" otherwise. */
  readonly type: string;
  /** Null where a size is free; empty where the graph does not say. */
  readonly shape: readonly (number | null)[];
}

/** What a model must be given, and what it gives. */
export interface DeclaredTensors {
  readonly inputs: readonly DeclaredTensor[];
  readonly outputs: readonly DeclaredTensor[];
}

/** Throws MalformedMessageError. */
export function declaredTensors(model: Uint8Array): DeclaredTensors {
  const { inputs, outputs } = modelParts(model).graph;
  return { inputs: inputs.map(declared), outputs: outputs.map(declared) };
}

const declared = ({ name, kind, elementType, shape }: DeclaredValue): DeclaredTensor => ({
  name,
  type: kind === 'tensor' ? typeName(elementType) : 'not a tensor',
  shape: shape ?? [],
});
