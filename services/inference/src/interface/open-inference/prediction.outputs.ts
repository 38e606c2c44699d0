import { chosenOutputs, type InferCall, type OutputTensor } from '@perennial/open-inference';
import type { Prediction } from '../../application/predict.rows';

interface Output extends Pick<OutputTensor, 'name' | 'datatype'> {
  value(prediction: Prediction): number | string;
}

const OUTPUTS: readonly Output[] = [
  { name: 'probability', datatype: 'FP32', value: ({ probability }) => probability },
  { name: 'prediction', datatype: 'INT64', value: ({ prediction }) => prediction },
  { name: 'prediction_id', datatype: 'BYTES', value: ({ predictionId }) => predictionId },
];

/** Of every model; -1 is any number of rows. */
export const OUTPUT_METADATA = OUTPUTS.map(({ name, datatype }) => ({ name, datatype, shape: [-1, 1] }));

/** Those a call asks for. Throws INVALID_INPUT for one that does not exist, before anything is predicted. */
export const outputsOf = (call: InferCall): readonly Output[] => chosenOutputs(call, OUTPUTS);

export const outputTensors = (outputs: readonly Output[], predictions: readonly Prediction[]): OutputTensor[] =>
  outputs.map(({ name, datatype, value }) => ({
    name,
    datatype,
    shape: [predictions.length, 1],
    values: predictions.map(value),
  }));
