import { checkGraphs } from './graph.check';
import { OutlineReader } from './graph.outline';
import { MODEL_LIMITS, refusedModel } from './model.limits';
import { ModelRuntimeError } from './model-runtime.errors';
import { fieldsOf, MalformedMessageError } from '@perennial/onnx-file';

// Field numbers of ModelProto: onnx.proto.
const GRAPH = 7;
const FUNCTIONS = 25;

/**
 * What can be said of a model file without loading it: it is whole and small enough, holds all its data, and its graph
 * is made of standard operators that end. Throws MODEL_UNLOADABLE with field, value and rule.
 */
export function checkModel(bytes: Uint8Array): void {
  if (bytes.byteLength > MODEL_LIMITS.bytes) {
    throw refusedModel('file', bytes.byteLength, `must be at most ${MODEL_LIMITS.bytes} bytes`);
  }
  readingFile(() => checkGraphs(new OutlineReader().graph(graphOf(bytes))));
}

/** Throws MODEL_UNLOADABLE where the file is malformed, and what `read` throws else. */
export function readingFile<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof MalformedMessageError)) throw error;
    const reason = error.message;
    throw new ModelRuntimeError('MODEL_UNLOADABLE', `Not an ONNX file: ${reason}`, { reason }, error);
  }
}

function graphOf(bytes: Uint8Array): Uint8Array {
  const graphs: Uint8Array[] = [];
  for (const { number, content } of fieldsOf(bytes)) {
    if (number === GRAPH && content) graphs.push(content);
    // They call one another: a few could unfold to any number of nodes.
    if (number === FUNCTIONS) throw refusedModel('functions', 'present', 'must be written out as nodes of the graph');
  }
  const [graph] = graphs;
  if (graph === undefined || graphs.length > 1) throw refusedModel('graph', graphs.length, 'must be there once');
  return graph;
}
