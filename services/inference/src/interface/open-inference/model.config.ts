import { type Datatype, datatypeOf } from '@perennial/open-inference';
import type { ServableModel } from '../../application/ports';
import { OUTPUT_METADATA } from './prediction.outputs';

export const PLATFORM = 'onnx_onnxv1';

const dataType = (datatype: Datatype): string => `TYPE_${datatype === 'BYTES' ? 'STRING' : datatype}`;

/** A model's configuration in Triton's terms: the batch is no dimension of a tensor. */
export function modelConfig(name: string, version: string, model: ServableModel, maxRows: number) {
  return {
    name,
    platform: PLATFORM,
    backend: 'onnxruntime',
    max_batch_size: maxRows,
    input: model.signature.inputs.map((input) => ({
      name: input.name,
      data_type: dataType(datatypeOf(input)),
      dims: [1],
    })),
    output: OUTPUT_METADATA.map((output) => ({ name: output.name, data_type: dataType(output.datatype), dims: [1] })),
    instance_group: [{ name: `${name}_0`, kind: 'KIND_CPU', count: 1 }],
    default_model_filename: 'model.onnx',
    dynamic_batching: {},
    parameters: {
      version: { string_value: version },
      decision_threshold: { string_value: String(model.decisionThreshold) },
    },
  };
}
