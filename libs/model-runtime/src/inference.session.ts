import { InferenceSession, Tensor } from 'onnxruntime-node';
import { OUTPUT, type TensorInput } from './model.signature';
import type { RunRequest } from './worker.protocol';

/** Throws what the runtime throws. threads: within one operator. */
export function openSession(model: Uint8Array, threads: number): Promise<InferenceSession> {
  return InferenceSession.create(model, { intraOpNumThreads: threads, interOpNumThreads: 1 });
}

export const inputsOf = (session: InferenceSession): TensorInput[] =>
  session.inputMetadata.map((input) => ({
    name: input.name,
    type: input.isTensor ? input.type : 'not a tensor',
    shape: input.isTensor ? input.shape : [],
  }));

/** Blocks its thread. Throws what the runtime throws, or an Error that names the rule. */
export async function probabilitiesOf(session: InferenceSession, request: RunRequest): Promise<Float32Array> {
  const output = (await session.run(feedsOf(request), [OUTPUT]))[OUTPUT];
  if (!(output?.data instanceof Float32Array) || output.data.length !== request.batch.rows) {
    throw new Error(`${OUTPUT} must be float32 with one value per row`);
  }
  return output.data.slice();
}

function feedsOf({ batch, numericInputs, stringInputs }: RunRequest): Record<string, Tensor> {
  const { rows, numbers, strings } = batch;
  const feeds: Record<string, Tensor> = {};
  numericInputs.forEach((name, c) => {
    feeds[name] = new Tensor('float32', numbers.subarray(c * rows, (c + 1) * rows), [rows, 1]);
  });
  stringInputs.forEach((name, c) => {
    feeds[name] = new Tensor('string', strings.slice(c * rows, (c + 1) * rows), [rows, 1]);
  });
  return feeds;
}
