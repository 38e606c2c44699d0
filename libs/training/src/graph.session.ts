import { type Graph, serialiseModel } from '@perennial/onnx-graph';
import { InferenceSession } from 'onnxruntime-node';

/** One thread: two change the order of sums, and so the bits, and are slower at these sizes. */
export function openSession(graph: Graph): Promise<InferenceSession> {
  return InferenceSession.create(serialiseModel(graph), {
    executionProviders: ['cpu'],
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
    executionMode: 'sequential',
    // Errors only: unused optional outputs are reported as warnings.
    logSeverityLevel: 3,
    // Masks are bytes made numbers, not a quantised model: each is made once, not anew for each that reads it.
    extra: { session: { disable_quant_qdq: '1' } },
  });
}
