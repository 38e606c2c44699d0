import { ServiceError } from '@perennial/service';
import type { Prediction, Predictions } from '../../application/predict.rows';
import type { InferRequest, InferResponse, InferTensor, TensorContents } from './infer.messages';

interface Output {
  name: string;
  datatype: string;
  contents(predictions: readonly Prediction[]): TensorContents;
  raw(predictions: readonly Prediction[]): Uint8Array;
}

const OUTPUTS: Output[] = [
  {
    name: 'probability',
    datatype: 'FP32',
    contents: (predictions) => ({ fp32_contents: predictions.map(({ probability }) => probability) }),
    raw: (predictions) =>
      littleEndian(predictions, 4, (view, at, { probability }) => view.setFloat32(at, probability, true)),
  },
  {
    name: 'prediction',
    datatype: 'INT64',
    contents: (predictions) => ({ int64_contents: predictions.map(({ prediction }) => prediction) }),
    raw: (predictions) =>
      littleEndian(predictions, 8, (view, at, { prediction }) => view.setBigInt64(at, BigInt(prediction), true)),
  },
  {
    name: 'prediction_id',
    datatype: 'BYTES',
    contents: (predictions) => ({ bytes_contents: predictions.map(({ predictionId }) => Buffer.from(predictionId)) }),
    raw: (predictions) => Buffer.concat(predictions.map(({ predictionId }) => withLength(Buffer.from(predictionId)))),
  },
];

/** As ModelMetadata tells them; -1 is any number of rows. */
export const OUTPUT_METADATA = OUTPUTS.map(({ name, datatype }) => ({ name, datatype, shape: [-1, 1] }));

/** The asked outputs, or all; raw where the request was raw. Throws INVALID_INPUT for an output that does not exist. */
export function inferResponse(request: InferRequest, answered: Predictions): InferResponse {
  const { predictions, pipeline, version } = answered;
  const outputs = outputsOf(request);
  const raw = request.raw_input_contents.length > 0;
  const tensor = ({ name, datatype, contents }: Output): InferTensor => {
    const described = { name, datatype, shape: [predictions.length, 1] };
    return raw ? described : { ...described, contents: contents(predictions) };
  };
  return {
    model_name: pipeline,
    model_version: version,
    id: request.id,
    outputs: outputs.map(tensor),
    raw_output_contents: raw ? outputs.map((output) => output.raw(predictions)) : [],
  };
}

/** Throws INVALID_INPUT, before anything is predicted. */
export function outputsOf({ outputs }: Pick<InferRequest, 'outputs'>): Output[] {
  if (outputs.length === 0) return OUTPUTS;
  return outputs.map(({ name }) => {
    const known = OUTPUTS.find((output) => output.name === name);
    if (known) return known;
    const rule = `must be one of ${OUTPUTS.map((output) => output.name).join(', ')}`;
    throw new ServiceError('INVALID_INPUT', 400, `output ${name} ${rule}`, { input: 'outputs', value: name, rule });
  });
}

function littleEndian(
  predictions: readonly Prediction[],
  size: number,
  write: (view: DataView, at: number, prediction: Prediction) => void,
): Uint8Array {
  const bytes = new Uint8Array(predictions.length * size);
  const view = new DataView(bytes.buffer);
  predictions.forEach((prediction, index) => write(view, index * size, prediction));
  return bytes;
}

function withLength(content: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32LE(content.byteLength);
  return Buffer.concat([length, content]);
}
