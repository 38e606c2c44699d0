import { eventually } from '@perennial/service-testing';
import { credit } from './testing/artifact.examples';
import { type GrpcClient, grpcClient } from './testing/grpc.client';
import { serveCreditModel, type ServedModel } from './testing/served.model';

interface Answered {
  predictions: { probability: number; prediction_id: string; cached?: boolean }[];
}
type Parameters = Record<string, Record<string, unknown>>;

const { rows } = credit;

describe('a pipeline with a response cache', () => {
  let served: ServedModel;
  let client: GrpcClient;

  beforeAll(async () => {
    served = await serveCreditModel({}, '\n  responseCache: { entries: 100, seconds: 3600 }');
    client = grpcClient(served.grpc);
  }, 120_000);

  afterAll(async () => {
    client?.close();
    await served?.close();
  }, 60_000);

  const post = (path: string, body: unknown) => served.post(path, body);
  const predict = async (instances: unknown[]) =>
    ((await (await post(`/predict/${served.model}`, { instances })).json()) as Answered).predictions;

  it('answers rows again without the model, under ids of their own that are logged', async () => {
    const first = await predict(rows);
    const again = await predict(rows);
    expect(first.map(({ cached }) => cached)).toEqual(rows.map(() => undefined));
    expect(again.map(({ cached }) => cached)).toEqual(rows.map(() => true));
    again.forEach(({ probability }, row) => {
      expect(probability).toBe(first[row]?.probability);
      expect(probability).toBeCloseTo(credit.probabilities[row] as number, 5);
    });
    const ids = [...first, ...again].map((each) => each.prediction_id);
    expect(new Set(ids).size).toBe(2 * rows.length);
    const logged = await eventually(async () => {
      const url = `${served.service.url}/api/v1/predictions?pipeline=${served.model}`;
      const { predictions } = (await (await fetch(url)).json()) as { predictions: { predictionId: string }[] };
      return predictions.length >= ids.length ? predictions : undefined;
    });
    expect(logged.map(({ predictionId }) => predictionId).sort()).toEqual([...ids].sort());
  });

  it('computes the rows that are new, and refuses what is wrong however much it looks like a known one', async () => {
    const changed = { ...rows[0], age: 77 };
    const mixed = await predict([changed, rows[1]]);
    expect(mixed.map(({ cached }) => cached)).toEqual([undefined, true]);
    const nullRow = { ...rows[0], age: null };
    await predict([nullRow]);
    expect((await predict([nullRow]))[0]?.cached).toBe(true);
    const { age: _, ...without } = rows[0] as Record<string, unknown>;
    const refused = await post(`/predict/${served.model}`, { instances: [without] });
    expect([refused.status, await refused.json()]).toEqual([
      400,
      { error: expect.objectContaining({ message: expect.stringContaining('age') }) },
    ]);
    const other = () => post(`/predict/${served.strict}`, { instances: [rows[0]] });
    await other();
    expect(((await (await other()).json()) as Answered).predictions.map(({ cached }) => cached)).toEqual([undefined]);
  });

  it('says over the Open Inference Protocol how many rows were known, which arm answered, and under which ids', async () => {
    const inputs = Object.keys(rows[0] as object).map((name) => {
      const data = rows.map((row) => row[name] ?? null);
      const isText = data.some((value) => typeof value === 'string');
      return { name, shape: [rows.length], datatype: isText ? 'BYTES' : 'FP64', data };
    });
    const asked = { inputs, outputs: [{ name: 'probability' }], parameters: { entity_key: 'ana' } };
    const rest = await post(`/v2/models/${served.model}/infer`, asked);
    const { parameters } = (await rest.json()) as { parameters: Record<string, unknown> };
    expect(parameters).toEqual({ arm: 'stable', cached_rows: rows.length, prediction_ids: expect.any(String) });
    expect(JSON.parse(String(parameters.prediction_ids))).toHaveLength(rows.length);

    const text = new TextEncoder();
    const message = inputs.map(({ data, ...tensor }) => ({
      ...tensor,
      contents:
        tensor.datatype === 'BYTES'
          ? { bytes_contents: data.map((value) => text.encode(String(value ?? ''))) }
          : { fp64_contents: data.map((value) => (value === null ? NaN : Number(value))) },
    }));
    const answer = await client.ask<{ parameters: Parameters }>('ModelInfer', {
      ...{ model_name: served.model, inputs: message, parameters: { entity_key: { int64_param: 7 } } },
    });
    expect(answer.parameters.arm?.string_param).toBe('stable');
    expect(Number(answer.parameters.cached_rows?.int64_param)).toBe(rows.length);
    expect(answer.parameters).not.toHaveProperty('prediction_ids');
    const wrong = await post(`/v2/models/${served.model}/infer`, { ...asked, parameters: { entity_key: 1.5 } });
    expect([wrong.status, await wrong.json()]).toEqual([
      400,
      { error: 'parameters.entity_key must be a text or a whole number; got 1.5' },
    ]);
  });

  it('is counted under Triton’s names and in the statistics, apart from what was computed', async () => {
    const metrics = await (await fetch(`${served.service.url}/metrics`)).text();
    const value = (name: string) =>
      Number(new RegExp(`^${name}\\{[^}]*model="${served.model}"[^}]*\\} (.*)$`, 'm').exec(metrics)?.[1]);
    const hits = value('nv_cache_num_hits_per_model');
    const misses = value('nv_cache_num_misses_per_model');
    expect(hits).toBe(4);
    expect(misses).toBe(3);
    expect(value('nv_cache_hit_duration_per_model')).toBeGreaterThan(0);
    expect(value('nv_inference_count')).toBe(rows.length + 2);
    expect(metrics).not.toContain(`nv_cache_num_hits_per_model{model="${served.strict}"`);
    const stats = await fetch(`${served.service.url}/v2/models/${served.model}/stats`);
    const { model_stats } = (await stats.json()) as {
      model_stats: { inference_stats: Record<string, { count: number; ns: number }> }[];
    };
    const { cache_hit, cache_miss } = model_stats[0]!.inference_stats;
    expect([cache_hit?.count, cache_miss?.count]).toEqual([hits, misses]);
    expect(cache_hit!.ns).toBeGreaterThan(0);
  });
});
