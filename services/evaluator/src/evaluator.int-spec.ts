import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { numericColumn, stringColumn, type Table } from '@perennial/columns';
import {
  attemptsExhaustedV1,
  cycleSkippedV1,
  cycleStartedV1,
  modelJudgedV1,
  modelKeptV1,
  modelPromotedV1,
  retrainingRequestedV1,
  rolloutCompletedV1,
  runCompletedV1,
  runFailedV1,
  topics,
  viewUpdatedV1,
  type DataOf,
  type FileReference,
} from '@perennial/contracts';
import { emit } from '@perennial/messaging';
import { LeaseStore } from '@perennial/messaging-mongo';
import { GridfsObjectStore } from '@perennial/object-store';
import { eventually, startForTest, type ServiceUnderTest } from '@perennial/service-testing';
import { evaluatorService } from './service';
import { completedRun, failedRun, file, model } from './testing/cycle.examples';
import { LocalFeatureStore, type ReadRequest } from './testing/local.feature-store';

const pipeline = `p-${randomUUID().slice(0, 8)}`;
const declaration = `
apiVersion: perennial/v1
kind: Pipeline
name: ${pipeline}
dataset:
  recordId: id
  target: { column: y, positive: 1 }
  columns:
    - { name: id, type: string }
    - { name: limit_bal, type: number }
    - { name: age, type: integer }
    - { name: approved_on, type: date }
    - { name: sex, type: category }
    - { name: education, type: category }
    - { name: y, type: integer }
reference: { day: '2026-01-01' }
gate: { metric: f1, threshold: 0.45, minimumRows: 100 }
improvement: { maxAttempts: 2, attempts: [{ strategy: fine-tune, window: { days: 1 } }] }
`;

/** Its attempts have three seconds. */
const impatient = `q-${randomUUID().slice(0, 8)}`;
const impatientDeclaration = declaration
  .replace(`name: ${pipeline}`, `name: ${impatient}`)
  .replace('improvement: {', 'improvement: { attemptTimeoutMinutes: 0.05,');

// The artifact gives these three rows 0.56, 0.64 and 0.02: see model-runtime's fixtures.
const ROWS = { limit_bal: [20000, NaN, 500000], age: [24, 57, 29], approved_on: [18628, NaN, 19723] };
const TEXTS = { sex: ['2', '1', '9'], education: ['2', null, '4'] };
const HOLDOUT = 90;

/** On a day in `inverted` every label is the opposite of what the artifact says at threshold 0.5. */
const inverted = new Set<string>();

function holdout({ body }: ReadRequest): Table {
  const [batchId] = body.batches as string[];
  const labels = inverted.has(String(batchId)) ? [0, 0, 1] : [1, 1, 0];
  const repeat = <T>(values: readonly T[]): T[] => Array.from({ length: HOLDOUT }, (_, row) => values[row % 3] as T);
  const numeric = (name: string, type: 'number' | 'integer' | 'date', values: readonly number[]) =>
    numericColumn(name, type, Float64Array.from(repeat(values)));
  return {
    rows: HOLDOUT,
    columns: [
      numeric('label', 'integer', labels),
      numeric('raw.limit_bal', 'number', ROWS.limit_bal),
      numeric('raw.age', 'integer', ROWS.age),
      numeric('raw.approved_on', 'date', ROWS.approved_on),
      stringColumn('raw.sex', repeat(TEXTS.sex)),
      stringColumn('raw.education', repeat(TEXTS.education)),
    ],
  };
}

const batchOf = (day: string): string => `${pipeline}/${day}`;
const viewOf = (day: string, changes: Partial<DataOf<typeof viewUpdatedV1>> = {}): DataOf<typeof viewUpdatedV1> => ({
  ...{ view: pipeline, viewVersion: 1, dataset: pipeline, day, batchId: batchOf(day), correctionOf: null },
  ...{ schemaDigest: `sha256:${'0'.repeat(64)}`, rows: 300, labelledRows: 300 },
  quality: { verdict: 'passed', findings: [] },
  lineage: { raw: file('raw', 'raw_data'), processed: file('processed', 'processed_data'), metadataId: 'metadata-1' },
  ...changes,
});

describe('evaluator', () => {
  const features = new LocalFeatureStore(holdout);
  let service: ServiceUnderTest;
  let artifact: FileReference;

  beforeAll(async () => {
    service = await startForTest(evaluatorService, {
      env: {
        KAFKA_BROKERS: process.env.KAFKA_BROKERS,
        MONGO_URL: process.env.MONGO_URL,
        FEATURE_STORE_URL: await features.up(),
        BOOTSTRAP_RESAMPLES: '50',
        JUDGEMENT_POLL_MS: '50',
      },
      pipelines: [declaration, impatientDeclaration],
      record: [topics.cycles],
    });
    const fixture = join(__dirname, '../../../libs/model-runtime/src/testing/fixtures/credit.onnx');
    const options = { mediaType: 'application/onnx' };
    artifact = await new GridfsObjectStore(service.database).put('artifacts', readFileSync(fixture), options);
  }, 120_000);

  afterAll(async () => {
    await service?.close();
    await features.down();
  }, 60_000);

  const on = (day: string) => (data: { pipeline: string; day: string }) =>
    data.pipeline === pipeline && data.day === day;
  const get = async (path: string) =>
    (await fetch(`${service.url}/api/v1/${path}`)).json() as Promise<Record<string, unknown>>;
  const run = (day: string, attempt: number, decisionThreshold: number): DataOf<typeof runCompletedV1> => ({
    ...completedRun(attempt),
    ...{ runId: `${pipeline}.${day}.${attempt}`, pipeline, cycleId: `${pipeline}/${day}`, artifact, decisionThreshold },
  });
  const rolledOut = (sequence: number, day: string, decisionThreshold: number) => {
    const version = `20260101_00000${sequence}`;
    const data: DataOf<typeof rolloutCompletedV1> = {
      ...{ rolloutId: `r-${pipeline}-${sequence}`, sequence, pipeline, version, cycleId: `${pipeline}/${day}` },
      model: model({ version, artifact, decisionThreshold }),
      ...{ previous: null, kind: 'promotion', replicas: ['a'] },
    };
    return service.publish(emit(rolloutCompletedV1, data), { times: 3 });
  };

  it('trains on the first day, judges the candidate on the stored artifact and promotes it', async () => {
    await service.publish(emit(viewUpdatedV1, viewOf('2026-01-01')), { times: 3, correlationId: 'first' });
    const [request] = await service.recorder.wait(retrainingRequestedV1, on('2026-01-01'));
    expect(request?.data).toMatchObject({
      attempt: 1,
      strategy: 'train',
      base: null,
      runId: `${pipeline}.2026-01-01.1`,
    });
    await service.publish(emit(runCompletedV1, run('2026-01-01', 1, 0.5)), { times: 3 });
    const [promoted] = await service.recorder.wait(modelPromotedV1, on('2026-01-01'));
    expect(promoted?.data).toMatchObject({
      metrics: { f1: { value: 1 } },
      incumbentMetrics: null,
      finetunedFrom: null,
    });
    expect(promoted?.correlationid).toBe('first');
    expect(features.reads.at(-1)?.body).toMatchObject({
      batches: [batchOf('2026-01-01')],
      split: { from: 0, to: 0.3 },
      labelledOnly: true,
    });
  }, 90_000);

  it('waits for the promoted model, then judges and keeps it', async () => {
    await service.publish(emit(viewUpdatedV1, viewOf('2026-01-02')));
    await eventually(async () => ((await get(`cycles/${pipeline}/2026-01-02`)).status === 'queued' ? true : undefined));
    await rolledOut(1, '2026-01-01', 0.5);
    const [kept] = await service.recorder.wait(modelKeptV1, on('2026-01-02'));
    expect(kept?.data).toMatchObject({ version: '20260101_000001', score: { value: 1, low: 1, high: 1 } });
  }, 90_000);

  it('improves on a bad day: a failed run counts, a passing candidate is promoted', async () => {
    inverted.add(batchOf('2026-01-03'));
    await service.publish(emit(viewUpdatedV1, viewOf('2026-01-03')));
    const [first] = await service.recorder.wait(retrainingRequestedV1, on('2026-01-03'));
    expect(first?.data).toMatchObject({ strategy: 'fine-tune', base: { version: '20260101_000001' } });
    const failure = { ...failedRun(1), runId: `${pipeline}.2026-01-03.1`, pipeline, cycleId: `${pipeline}/2026-01-03` };
    await service.publish(emit(runFailedV1, failure), { times: 3 });
    await service.recorder.wait(retrainingRequestedV1, on('2026-01-03'), 2);
    // At threshold 0 every row is positive: one of three labels is, so F1 is 0.5.
    await service.publish(emit(runCompletedV1, run('2026-01-03', 2, 0)), { times: 3 });
    const [promoted] = await service.recorder.wait(modelPromotedV1, on('2026-01-03'));
    expect(promoted?.data).toMatchObject({
      ...{ attempt: 2, finetunedFrom: '20260101_000001' },
      ...{ metrics: { f1: { value: 0.5 } }, incumbentMetrics: { f1: { value: 0 } } },
    });
    await rolledOut(2, '2026-01-03', 0);
  }, 90_000);

  it('gives up after the declared attempts, over a restart and an outage of the feature store', async () => {
    // The new model calls every row positive; on this day the labels make that 0.8, so the day is kept.
    await service.publish(emit(viewUpdatedV1, viewOf('2026-01-04')));
    await service.recorder.wait(modelKeptV1, on('2026-01-04'));
    await rolledOut(3, '2026-01-03', 0.5);
    inverted.add(batchOf('2026-01-05'));
    features.failWith = 503;
    const reads = features.reads.length;
    await eventually(
      async () =>
        ((await get('pipelines')) as { pipelines: { serving: { version: string } }[] }).pipelines[0]?.serving
          .version === '20260101_000003' || undefined,
    );
    await service.publish(emit(viewUpdatedV1, viewOf('2026-01-05')), { times: 3 });
    await eventually(() => features.reads.length > reads || undefined);
    await service.restart();
    features.failWith = null;
    for (const attempt of [1, 2]) {
      await service.recorder.wait(retrainingRequestedV1, on('2026-01-05'), attempt);
      await service.publish(emit(runCompletedV1, run('2026-01-05', attempt, 0.5)), { times: 3 });
    }
    const [exhausted] = await service.recorder.wait(attemptsExhaustedV1, on('2026-01-05'));
    expect(exhausted?.data).toMatchObject({
      ...{ threshold: 0.45, holdoutRows: HOLDOUT, incumbent: { version: '20260101_000003', score: { value: 0 } } },
      attempts: [
        { attempt: 1, score: { value: 0 } },
        { attempt: 2, score: { value: 0 } },
      ],
    });
  }, 120_000);

  it('takes over a judgement whose evaluator was lost', async () => {
    const leases = new LeaseStore(service.database, 'evaluator');
    // A killed process renews no more: its lease runs out.
    const dead = await leases.acquire(`judgement/${pipeline}/2026-01-07`, 'a lost evaluator', 1_500);
    await service.publish(emit(viewUpdatedV1, viewOf('2026-01-07')));
    await service.recorder.wait(modelKeptV1, on('2026-01-07'));
    const next = await leases.acquire(`judgement/${pipeline}/2026-01-07`, 'the test', 1_000);
    expect([dead?.token, next?.token]).toEqual([1, 3]);
  }, 60_000);

  it('skips a day with too few labelled rows', async () => {
    await service.publish(emit(viewUpdatedV1, viewOf('2026-01-06', { labelledRows: 99 })));
    const [skipped] = await service.recorder.wait(cycleSkippedV1, on('2026-01-06'));
    expect(skipped?.data.reason).toBe('insufficient-data');
  }, 60_000);

  it('said everything once', () => {
    const days = [1, 2, 3, 4, 5, 6, 7].map((day) => `2026-01-0${day}`);
    const counts = (day: string) =>
      [
        cycleStartedV1,
        modelJudgedV1,
        retrainingRequestedV1,
        modelKeptV1,
        modelPromotedV1,
        attemptsExhaustedV1,
        cycleSkippedV1,
      ].map((contract) => service.recorder.of(contract as typeof cycleStartedV1, on(day)).length);
    // started, judged, requested, kept, promoted, exhausted, skipped
    expect(days.map(counts)).toEqual([
      [1, 1, 1, 0, 1, 0, 0],
      [1, 1, 0, 1, 0, 0, 0],
      [1, 2, 2, 0, 1, 0, 0],
      [1, 1, 0, 1, 0, 0, 0],
      [1, 3, 2, 0, 0, 1, 0],
      [1, 0, 0, 0, 0, 0, 1],
      [1, 1, 0, 1, 0, 0, 0],
    ]);
  });

  it('does not wait for ever for a trainer that never answers', async () => {
    const ofImpatient = (data: { pipeline: string }) => data.pipeline === impatient;
    const view = viewOf('2026-01-01', { view: impatient, dataset: impatient, batchId: `${impatient}/2026-01-01` });
    await service.publish(emit(viewUpdatedV1, view));
    const [exhausted] = await service.recorder.wait(attemptsExhaustedV1, ofImpatient);
    expect(service.recorder.of(retrainingRequestedV1, ofImpatient).map(({ data }) => data.attempt)).toEqual([1, 2]);
    const failure = expect.stringMatching(/^ATTEMPT_EXPIRED: run \S+ gave no result by 2/);
    expect(exhausted?.data.attempts).toMatchObject([{ failure }, { failure }]);
    const late = {
      ...run('2026-01-01', 2, 0.5),
      runId: `${impatient}.2026-01-01.2`,
      cycleId: `${impatient}/2026-01-01`,
    };
    await service.publish(emit(runCompletedV1, { ...late, pipeline: impatient }), { times: 2 });
    const attempts = await eventually(async () => {
      const { attemptStates } = await get(`cycles/${impatient}/2026-01-01`);
      return (attemptStates as { lateResult: string | null }[])[1]?.lateResult ? attemptStates : undefined;
    });
    expect(attempts).toMatchObject([
      { expired: true, lateResult: null },
      { expired: true, lateResult: 'completed' },
    ]);
    expect(await (await fetch(`${service.url}/metrics`)).text()).toMatch(
      new RegExp(`perennial_retraining_attempts_expired_total\\{[^}]*pipeline="${impatient}"[^}]*\\} 2`),
    );
  }, 60_000);

  it('shows cycles, pipelines, performance and metrics', async () => {
    const cycle = await get(`cycles/${pipeline}/2026-01-03`);
    expect(cycle).toMatchObject({
      status: 'promoted',
      attempts: 2,
      judgements: [{ role: 'incumbent' }, { role: 'candidate' }],
    });
    expect((cycle.events as { type: string }[]).map(({ type }) => type).at(-1)).toBe('model-promoted');
    expect((await get(`cycles?pipeline=${pipeline}&limit=2`)).cycles).toHaveLength(2);
    expect(await get('pipelines')).toMatchObject({
      pipelines: [{ pipeline, lastCycle: { day: '2026-01-07', status: 'kept' } }, { pipeline: impatient }],
    });
    expect((await get(`pipelines/${pipeline}/performance`)).performance).toHaveLength(9);
    expect(await get(`cycles/${pipeline}/2020-01-01`)).toMatchObject({ error: { code: 'CYCLE_NOT_FOUND' } });
    expect(await get('cycles?limit=0')).toMatchObject({ error: { code: 'INVALID_REQUEST' } });
    const metrics = await (await fetch(`${service.url}/metrics`)).text();
    expect(metrics).toMatch(
      new RegExp(`perennial_cycles_total\\{[^}]*pipeline="${pipeline}"[^}]*verdict="exhausted"[^}]*\\} 1`),
    );
  });
});
