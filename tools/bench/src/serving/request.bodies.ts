import { join } from 'node:path';
import { Client, credentials, loadPackageDefinition, Metadata, type ServiceClientConstructor } from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import { BenchError } from '../bench.error';
import { documentedPreprocessing, syntheticRecords } from '../documented.model';

const { inputs } = documentedPreprocessing;
const proto = join(__dirname, '..', '..', '..', '..', 'services', 'inference', 'proto', 'open_inference.proto');

export interface DocumentedRow<Category> {
  readonly categorical_features: readonly Category[];
  readonly numerical_features: readonly unknown[];
}

/** As the documented API takes one row, and as FastAPI's peers do: codes of categories from 0. */
export function singleRow(): { ours: DocumentedRow<unknown>; peers: DocumentedRow<number> } {
  const [record = {}] = syntheticRecords(1, 9);
  const values = (type: string) => inputs.filter((input) => input.type === type).map(({ column }) => record[column]);
  const ours = { categorical_features: values('string'), numerical_features: values('number') };
  const peers = {
    categorical_features: ours.categorical_features.map(() => 1),
    numerical_features: ours.numerical_features.map((_, index) => Number(Math.sin(index).toFixed(4))),
  };
  return { ours, peers };
}

export const manyRows = (rows: number): string => JSON.stringify({ instances: syntheticRecords(rows, 9) });

/** One row as a ModelInfer call, as it goes over the wire, once the service has answered it well. Throws BenchError. */
export async function inferMessage(address: string): Promise<{ url: string; message: Uint8Array }> {
  const loaded = loadPackageDefinition(loadSync(proto, { keepCase: true })) as unknown as {
    inference: { GRPCInferenceService: ServiceClientConstructor };
  };
  const { ModelInfer: method } = loaded.inference.GRPCInferenceService.service;
  if (method === undefined) throw new BenchError('bench.peer-failed', `${proto} has no ModelInfer`);
  const [record = {}] = syntheticRecords(1, 9);
  const tensors = inputs.map(({ column, type }) =>
    type === 'string'
      ? {
          name: column,
          datatype: 'BYTES',
          shape: [1, 1],
          contents: { bytes_contents: [Buffer.from(`${record[column]}`)] },
        }
      : { name: column, datatype: 'FP32', shape: [1, 1], contents: { fp32_contents: [record[column]] } },
  );
  const request = { model_name: 'bench', inputs: tensors };
  const client = new Client(address, credentials.createInsecure());
  await new Promise<void>((resolve, reject) => {
    const { path, requestSerialize, responseDeserialize } = method;
    client.makeUnaryRequest(path, requestSerialize, responseDeserialize, request, new Metadata(), (error) =>
      error ? reject(error) : resolve(),
    );
  });
  client.close();
  const content = method.requestSerialize(request);
  const length = Buffer.alloc(5);
  length.writeUInt32BE(content.byteLength, 1);
  return { url: `http://${address}${method.path}`, message: Buffer.concat([length, content]) };
}
