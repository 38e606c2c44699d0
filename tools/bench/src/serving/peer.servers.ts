import { singleRow } from './request.bodies';

/** A server of another project with the documented model, started by a script of peers/. */
export interface PeerServer {
  readonly name: string;
  /** Beside the requirements file of peers/; each has an environment of its own, as they need different versions. */
  readonly requirements: string;
  readonly packages: readonly string[];
  /** Of Python. */
  readonly arguments: (port: number) => readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly ready: string;
  readonly path: string;
  readonly body: () => string;
}

const PREDICT = '/v2/models/tabtransformer';

const fastApi = (name: string, framework: 'torch' | 'onnxruntime', workers: number): PeerServer => ({
  name,
  requirements: 'requirements.txt',
  packages: ['fastapi', 'uvicorn', 'uvloop', 'httptools', 'onnx', 'onnxruntime', 'numpy', 'torch'],
  arguments: (port) => ['-m', 'uvicorn', 'serve_fastapi:app', ...options({ port, workers, 'log-level': 'warning' })],
  environment: { SERVE_FRAMEWORK: framework },
  ...{ ready: '/health', path: '/predict', body: () => JSON.stringify(singleRow().peers) },
});

export const fastApiTorch = fastApi('FastAPI + PyTorch, 1 worker', 'torch', 1);
export const fastApiOnnx = fastApi('FastAPI + ONNX Runtime, 2 workers', 'onnxruntime', 2);

export const triton: PeerServer = {
  name: 'Triton, Python backend + ONNX Runtime, 2 instances, batching',
  requirements: 'requirements-triton.txt',
  packages: ['nvidia-pytriton', 'onnxruntime', 'numpy'],
  arguments: () => ['serve_triton.py'],
  ...{ ready: `${PREDICT}/ready`, path: `${PREDICT}/infer`, body: openInferenceRow },
};

export const mlServer: PeerServer = {
  name: 'MLServer + ONNX Runtime, batching',
  requirements: 'requirements-mlserver.txt',
  packages: ['mlserver', 'onnxruntime', 'numpy', 'uvloop'],
  arguments: () => ['serve_mlserver.py'],
  ...{ ready: `${PREDICT}/ready`, path: `${PREDICT}/infer`, body: openInferenceRow },
};

export const bentoMl: PeerServer = {
  name: 'BentoML + ONNX Runtime, 2 workers, batching',
  requirements: 'requirements-bentoml.txt',
  packages: ['bentoml', 'onnxruntime', 'numpy'],
  arguments: (port) => [
    '-m',
    'bentoml',
    'serve',
    'serve_bentoml:TabTransformer',
    ...options({ host: '127.0.0.1', port }),
  ],
  environment: { BENTOML_DO_NOT_TRACK: 'true' },
  ...{ ready: '/readyz', path: '/predict', body: () => JSON.stringify({ rows: [singleRow().peers] }) },
};

const options = (values: Readonly<Record<string, string | number>>): string[] =>
  Object.entries(values).flatMap(([name, value]) => [`--${name}`, String(value)]);

function openInferenceRow(): string {
  const { categorical_features: codes, numerical_features: numbers } = singleRow().peers;
  const inputs = [
    { name: 'categorical', datatype: 'INT64', shape: [1, codes.length], data: codes },
    { name: 'numerical', datatype: 'FP32', shape: [1, numbers.length], data: numbers },
  ];
  return JSON.stringify({ inputs });
}
