import { parse } from 'yaml';
import { mlmodelFile } from './mlmodel.file';

describe('the MLmodel file', () => {
  const fields = {
    runId: 'credit.2026-01-04.1',
    digest: `sha256:${'0123456789abcdef'.repeat(4)}`,
    createdAt: new Date('2026-01-04T06:05:09.123Z'),
    inputs: [
      { name: 'sex', type: 'string' as const },
      { name: 'limit_bal', type: 'float32' as const },
    ],
  };

  it('names the onnx flavor and how MLflow loads it', () => {
    expect(parse(mlmodelFile(fields))).toMatchObject({
      flavors: {
        onnx: { data: 'model.onnx', providers: ['CPUExecutionProvider'] },
        python_function: { data: 'model.onnx', loader_module: 'mlflow.onnx' },
      },
      model_uuid: '0123456789abcdef0123456789abcdef',
      run_id: 'credit_2026-01-04_1',
      utc_time_created: '2026-01-04 06:05:09.123000',
    });
  });

  it('carries the signature as JSON texts', () => {
    const { signature } = parse(mlmodelFile(fields)) as { signature: { inputs: string; outputs: string } };
    expect(JSON.parse(signature.inputs)).toEqual([
      { name: 'sex', type: 'tensor', 'tensor-spec': { dtype: 'str', shape: [-1, 1] } },
      { name: 'limit_bal', type: 'tensor', 'tensor-spec': { dtype: 'float32', shape: [-1, 1] } },
    ]);
    expect(JSON.parse(signature.outputs)).toMatchObject([{ name: 'probability' }]);
  });
});
