import { stringify } from 'yaml';
import { mlflowRunId } from './mlflow.view';
import type { SignatureInput } from './ports';

export interface MlmodelFields {
  runId: string;
  /** Of the artifact: sha256:… */
  digest: string;
  createdAt: Date;
  inputs: readonly SignatureInput[];
}

const tensor = (name: string, dtype: string) => ({ name, type: 'tensor', 'tensor-spec': { dtype, shape: [-1, 1] } });

/**
 * The `MLmodel` file of an MLflow model directory whose model.onnx is the artifact: MLflow's onnx flavor, loaded as a
 * python_function by mlflow.onnx. Inputs are tensors: MLflow would hand columns over as vectors, not as [batch, 1].
 */
export function mlmodelFile({ runId, digest, createdAt, inputs }: MlmodelFields): string {
  const signatureInputs = inputs.map(({ name, type }) => tensor(name, type === 'string' ? 'str' : 'float32'));
  return stringify({
    artifact_path: 'model',
    flavors: {
      onnx: { code: null, data: 'model.onnx', providers: ['CPUExecutionProvider'] },
      python_function: { data: 'model.onnx', loader_module: 'mlflow.onnx' },
    },
    model_uuid: digest.slice('sha256:'.length, 'sha256:'.length + 32),
    run_id: mlflowRunId(runId),
    signature: {
      inputs: JSON.stringify(signatureInputs),
      outputs: JSON.stringify([tensor('probability', 'float32')]),
      params: null,
    },
    utc_time_created: createdAt.toISOString().replace('T', ' ').replace('Z', '000'),
  });
}
