// Asks a service for predictions with fetch alone: node dist/predict.main.js [URL [MODEL]]
const [url = 'http://127.0.0.1:8080', model = 'credit-default'] = process.argv.slice(2);

interface Prediction {
  prediction: 0 | 1;
  probability: number;
  model_version: string;
  prediction_id: string;
}

interface InferResponse {
  outputs: { name: string; data: (number | string)[] }[];
}

async function ask<T>(path: string, body: unknown): Promise<T> {
  const response = await fetch(url + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  // The message names the input, what was expected and what came.
  if (!response.ok) throw new Error(`${response.status}: ${await response.text()}`);
  return (await response.json()) as T;
}

const row = { limit_bal: 20_000, age: 24, approved_on: '2021-01-01', sex: '2', education: '2' };

async function main(): Promise<void> {
  const { predictions } = await ask<{ predictions: Prediction[] }>(`/predict/${model}`, { instances: [row] });
  predictions.forEach((prediction) => console.log(JSON.stringify(prediction)));
  const inputs = Object.entries(row).map(([name, value]) => ({
    ...{ name, shape: [1, 1], data: [value] },
    datatype: typeof value === 'string' ? 'BYTES' : 'FP64',
  }));
  const { outputs } = await ask<InferResponse>(`/v2/models/${model}/infer`, { inputs });
  console.log(JSON.stringify(Object.fromEntries(outputs.map(({ name, data }) => [name, data[0]]))));
}

void main();
