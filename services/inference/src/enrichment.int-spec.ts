import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { eventually } from '@perennial/service-testing';
import { credit } from './testing/artifact.examples';
import { type GrpcClient, grpcClient } from './testing/grpc.client';
import { serveCreditModel, type ServedModel } from './testing/served.model';

const COLUMNS = ['limit_bal', 'age', 'approved_on', 'sex', 'education'];
const enrichment = `
  loggedInputs: values
  enrichment:
    source: feast
    entities: [user]
    features: { ${COLUMNS.map((name) => `${name}: people:${name}`).join(', ')} }
    unavailable: refuse
    cache: { seconds: 3600, entries: 100 }`;

interface Asked {
  features: string[];
  entities: { user: unknown[] };
}

/** Answers in the form that testdata/feast-golden.json recorded; user n is the n-th row of the model's examples. */
function answerTo({ features, entities: { user } }: Asked) {
  const rows = user.map((id) => credit.rows[Number(id)]);
  const column = (name: string) => ({
    values: rows.map((row) => row?.[name] ?? null),
    statuses: rows.map((row) => (row ? 'PRESENT' : 'NOT_FOUND')),
    event_timestamps: rows.map((row) => (row ? '2026-01-05T08:30:00Z' : '1970-01-01T00:00:00Z')),
  });
  return {
    metadata: {
      feature_names: ['user', ...features.map((name) => name.replace(':', '__'))],
      feature_view_metadata: [{ name: 'people', version: 2 }],
    },
    results: [
      { values: user, statuses: user.map(() => 'PRESENT'), event_timestamps: user.map(() => '1970-01-01T00:00:00Z') },
      ...features.map((reference) => column(reference.split(':')[1] as string)),
    ],
  };
}

async function bodyOf(request: IncomingMessage): Promise<Asked> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return JSON.parse(Buffer.concat(chunks).toString()) as Asked;
}

describe('predictions by key', () => {
  let feast: Server;
  let served: ServedModel;
  let client: GrpcClient;
  const asked: Asked[] = [];
  const tokens = new Set<string | undefined>();

  beforeAll(async () => {
    feast = createServer((request, response) => {
      tokens.add(request.headers.authorization);
      void bodyOf(request).then((body) => {
        asked.push(body);
        response.end(JSON.stringify(answerTo(body)));
      });
    });
    await new Promise<void>((resolve) => feast.listen(0, '127.0.0.1', resolve));
    const FEAST_URL = `http://127.0.0.1:${(feast.address() as AddressInfo).port}`;
    served = await serveCreditModel({ FEAST_URL, FEAST_TOKEN: 'let-me-in' }, enrichment);
    client = grpcClient(served.grpc);
  }, 120_000);

  afterAll(async () => {
    client?.close();
    await served?.close();
    feast?.closeAllConnections();
    feast?.close();
  }, 60_000);

  const users = credit.rows.map((_, user) => user);
  const post = (path: string, body: unknown) => served.post(path, body);
  const predict = async (body: object) =>
    (await (await post(`/predict/${served.model}`, body)).json()) as {
      predictions: { probability: number; prediction_id: string; enrichment?: { age_seconds: object } }[];
    };

  it('are those of the whole rows, looked up at once and by who we are', async () => {
    const { predictions } = await predict({ instances: users.map((user) => ({ user })) });
    predictions.forEach(({ probability, enrichment: told }, row) => {
      expect(probability).toBeCloseTo(credit.probabilities[row] as number, 5);
      expect(Object.keys(told?.age_seconds ?? {}).sort()).toEqual([...COLUMNS].sort());
    });
    expect(asked.map(({ entities }) => entities.user)).toEqual([users]);
    expect([...tokens]).toEqual(['Bearer let-me-in']);
    const { predictions: whole } = await predict({ instances: credit.rows });
    expect(whole.map(({ probability }) => probability)).toEqual(predictions.map(({ probability }) => probability));
    expect(whole[0]).not.toHaveProperty('enrichment');
    expect(asked).toHaveLength(1);
  });

  it('are the same over the Open Inference Protocol, whose answer says so in a parameter', async () => {
    const user = { name: 'user', shape: [users.length], datatype: 'INT64', data: users };
    const rest = await post(`/v2/models/${served.model}/infer`, { inputs: [user] });
    const { outputs, parameters } = (await rest.json()) as {
      outputs: { name: string; data: number[] }[];
      parameters: { enrichment: string };
    };
    outputs
      .find(({ name }) => name === 'probability')
      ?.data.forEach((value, row) => {
        expect(value).toBeCloseTo(credit.probabilities[row] as number, 5);
      });
    const told = JSON.parse(parameters.enrichment) as { views: string[] }[];
    expect(told).toHaveLength(users.length);
    const answer = await client.ask<{ parameters: { enrichment: { string_param: string } } }>('ModelInfer', {
      model_name: served.model,
      inputs: [{ ...user, data: undefined, contents: { int64_contents: users } }],
    });
    expect(JSON.parse(answer.parameters.enrichment.string_param)).toHaveLength(users.length);
    expect(asked).toHaveLength(1);
  });

  it('are logged with the values, and the views and versions that these were looked up in', async () => {
    const [entire] = (await predict({ instances: credit.rows })).predictions;
    const [looked] = (await predict({ instances: [{ user: 0 }] })).predictions;
    const logged = await eventually(async () => {
      const answer = await fetch(`${served.service.url}/api/v1/predictions?pipeline=${served.model}`);
      const { predictions } = (await answer.json()) as {
        predictions: { predictionId: string; featureViews?: string[]; inputs: object }[];
      };
      const found = [looked, entire].map((made) =>
        predictions.find(({ predictionId }) => predictionId === made?.prediction_id),
      );
      return found.every((each) => each) ? found : undefined;
    });
    expect(logged.map((each) => each?.featureViews)).toEqual([['people@v2'], undefined]);
    const [row = {}] = credit.rows;
    const inputs = Object.fromEntries(COLUMNS.map((column) => [column, row[column]]));
    expect(logged.map((each) => each?.inputs)).toEqual([inputs, inputs]);
  });

  it('are refused for whom nobody knows, and where the key is missing, by name', async () => {
    const unknown = await post(`/predict/${served.model}`, { entities: { user: 9999 } });
    expect([unknown.status, await unknown.json()]).toEqual([
      422,
      { error: expect.objectContaining({ code: 'FEATURES_MISSING', message: expect.stringContaining('9999') }) },
    ]);
    const nobody = await post(`/predict/${served.model}`, { instances: [{ age: 30 }] });
    expect([nobody.status, await nobody.json()]).toEqual([
      400,
      {
        error: expect.objectContaining({
          code: 'INVALID_INPUT',
          message: expect.stringContaining('user must be given'),
        }),
      },
    ]);
    const strict = await post(`/predict/${served.strict}`, { entities: { user: 1 } });
    expect(strict.status).toBe(400);
  });

  it('go on from the cache while the server is away, and say 503 for others', async () => {
    feast.closeAllConnections();
    await new Promise((resolve) => feast.close(resolve));
    expect((await predict({ instances: [{ user: 1 }] })).predictions[0]).toHaveProperty('enrichment');
    const other = await post(`/predict/${served.model}`, { instances: [{ user: 5_000 }] });
    expect([other.status, other.headers.get('retry-after')]).toEqual([503, '1']);
    expect(await other.json()).toMatchObject({ error: { code: 'FEATURES_UNAVAILABLE' } });
    const metrics = await (await fetch(`${served.service.url}/metrics`)).text();
    expect(metrics).toMatch(/perennial_feature_lookups_total\{[^}]*how="failed"[^}]*\} 1\n/);
  });
});
