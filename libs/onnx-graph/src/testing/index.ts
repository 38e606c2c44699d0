import { InferenceSession, Tensor } from 'onnxruntime-node';
import { Root } from 'protobufjs';
import type { Graph } from '../graph';
import { serialiseModel } from '../model.serialise';
import { onnxSchema } from '../onnx.schema';
import type { ConstantTensor } from '../tensor';

type Feeds = Record<string, ConstantTensor>;
type Outputs = Record<string, number[]>;

/** metadata_props of a serialised model. */
export function metadataOf(model: Uint8Array): Record<string, string> {
  const proto = Root.fromJSON(onnxSchema).lookupType('onnx.ModelProto');
  const { metadataProps = [] } = proto.decode(model) as { metadataProps?: { key: string; value: string }[] };
  return Object.fromEntries(metadataProps.map(({ key, value }) => [key, value]));
}

/** Runs a graph once on ONNX Runtime, one thread; numeric outputs as number arrays by output name. */
export async function runGraph(graph: Graph, feeds: Feeds): Promise<Outputs> {
  return runModel(serialiseModel(graph), feeds);
}

export async function runModel(model: Uint8Array, feeds: Feeds): Promise<Outputs> {
  return (await loadModel(model))(feeds);
}

/** A loaded model to be run many times. */
export async function loadModel(model: Uint8Array): Promise<(feeds: Feeds) => Promise<Outputs>> {
  const session = await InferenceSession.create(model, {
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
    logSeverityLevel: 3,
  });
  return async (feeds) => {
    const inputs = Object.entries(feeds).map(([name, { type, shape, data }]) => [name, tensorOf(type, data, shape)]);
    const outputs = await session.run(Object.fromEntries(inputs));
    return Object.fromEntries(
      Object.entries(outputs).map(([name, tensor]) => [name, Array.from(tensor.data as Float32Array, Number)]),
    );
  };
}

const tensorOf = (type: string, data: unknown, shape: readonly number[]): Tensor =>
  new Tensor(type as 'float32', data as Float32Array, shape);
