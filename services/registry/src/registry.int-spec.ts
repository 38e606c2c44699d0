import { createHash, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  approvalRequestedV1,
  type DataOf,
  type FileReference,
  modelPromotedV1,
  rolloutCompletedV1,
  rolloutFailedV1,
  topics,
  versionApprovedV1,
  versionRegisteredV1,
  versionRejectedV1,
} from '@perennial/contracts';
import { emit } from '@perennial/messaging';
import { GridfsObjectStore } from '@perennial/object-store';
import { eventually, type ServiceUnderTest, startForTest } from '@perennial/service-testing';
import { parse } from 'yaml';
import { registryService } from './service';
import { examplePromotion, exampleRollout } from './testing/version.examples';

const suffix = randomUUID().slice(0, 8);
const credit = `credit-${suffix}`;
const loans = `loans-${suffix}`;
const [ada, grace] = ['ada@bank.example', 'grace@bank.example'];

const pipelineYaml = (name: string, approval: string): string => `
apiVersion: perennial/v1
kind: Pipeline
name: ${name}
owner: risk@bank.example
dataset:
  recordId: id
  target: { column: y, positive: 1 }
  columns: [{ name: id, type: string }, { name: amount, type: number }, { name: y, type: integer }]
reference: { day: '2026-01-01' }
approval: ${approval}
`;

interface Version {
  version: string;
  state: string;
  finetunedFrom: string | null;
  history: { state: string; by: string; reason: string | null; evidence: string }[];
  files: { path: string; file: FileReference }[];
  lineage: { version: string }[];
  error: { code: string; details: { state?: string } };
}

describe('the registry', () => {
  const onnx = readFileSync(join(__dirname, '../../../libs/model-runtime/src/testing/fixtures/credit.onnx'));
  let service: ServiceUnderTest;
  let files: GridfsObjectStore;
  let artifact: FileReference;

  beforeAll(async () => {
    service = await startForTest(registryService, {
      env: process.env,
      pipelines: [
        pipelineYaml(credit, '{ mode: automatic }'),
        pipelineYaml(loans, `{ mode: manual, approvers: ['${ada}', '${grace}'] }`),
      ],
      record: [topics.versions],
    });
    files = new GridfsObjectStore(service.database);
    artifact = await files.put('artifacts', onnx, { mediaType: 'application/onnx' });
  }, 90_000);

  afterAll(async () => service?.close(), 60_000);

  async function promote(pipeline: string, day: string, finetunedFrom: string | null = null, times = 1) {
    const cycleId = `${pipeline}/${day}`;
    const candidate = { ...examplePromotion().candidate, artifact, checkpoint: null, runId: `${pipeline}.${day}.1` };
    const data: DataOf<typeof modelPromotedV1> = examplePromotion({ pipeline, cycleId, day, candidate, finetunedFrom });
    await service.publish(emit(modelPromotedV1, data), { times, correlationId: cycleId });
    const [event] = await service.recorder.wait(versionRegisteredV1, (version) => version.cycleId === cycleId);
    if (!event) throw new Error('no event');
    return event;
  }

  const request = async (path: string, body?: object) => {
    const init = body && {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    };
    const response = await fetch(`${service.url}/api/v1/models${path}`, init);
    return { status: response.status, body: (await response.json()) as Version };
  };
  const becomes = (pipeline: string, version: string, state: string) =>
    eventually(async () => {
      const { body } = await request(`/${pipeline}/versions/${version}`);
      return body.state === state ? body : undefined;
    });

  it('registers and approves a promoted model once, though it was told three times', async () => {
    const { data, correlationid } = await promote(credit, '2026-01-02', null, 3);
    expect(data.version).toMatch(/^\d{8}_\d{6}$/);
    expect(data).toMatchObject({ artifact: { digest: artifact.digest }, runId: `${credit}.2026-01-02.1` });
    expect(correlationid).toBe(`${credit}/2026-01-02`);
    const ofVersion = ({ pipeline, version }: { pipeline: string; version: string }) =>
      pipeline === credit && version === data.version;
    const [approved] = await service.recorder.wait(versionApprovedV1, ofVersion);
    expect(approved?.data).toMatchObject({ approvedBy: 'policy:automatic', decisionThreshold: 0.42 });
    // Two more versions: had a duplicate been registered, its event would have come before theirs.
    await promote(credit, '2026-01-03', data.version);
    await promote(credit, '2026-01-04', data.version);
    const registered = service.recorder.of(versionRegisteredV1, ({ pipeline }) => pipeline === credit);
    expect(registered).toHaveLength(3);
    expect(new Set(registered.map((event) => event.data.version)).size).toBe(3);
    expect(await service.database.collection('model_metadata').countDocuments({ pipeline: credit })).toBe(3);
  }, 90_000);

  it('keeps lineage, digests and an MLflow model directory', async () => {
    const [first, second] = service.recorder.of(versionRegisteredV1, ({ pipeline }) => pipeline === credit);
    const { body } = await request(`/${credit}/versions/${second?.data.version}`);
    expect(body).toMatchObject({ finetunedFrom: first?.data.version, lineage: [{ version: first?.data.version }] });
    const mlmodel = body.files.find(({ path }) => path === 'MLmodel');
    const text = new TextDecoder().decode(await files.get(mlmodel?.file as FileReference));
    expect(parse(text)).toMatchObject({ flavors: { python_function: { loader_module: 'mlflow.onnx' } } });
    expect(text).toContain('tensor-spec');
    const document = await service.database
      .collection('model_metadata')
      .findOne({ pipeline: credit, version: second?.data.version });
    expect(document).toMatchObject({
      finetuned_from: first?.data.version,
      digests: { artifact: artifact.digest, checkpoint: null },
      cycle_id: `${credit}/2026-01-03`,
    });
  }, 60_000);

  it('gives the artifact out as it was stored', async () => {
    const [event] = service.recorder.of(versionRegisteredV1, ({ pipeline }) => pipeline === credit);
    const response = await fetch(`${service.url}/api/v1/models/${credit}/versions/${event?.data.version}/artifact`);
    const bytes = new Uint8Array(await response.arrayBuffer());
    expect(`sha256:${createHash('sha256').update(bytes).digest('hex')}`).toBe(artifact.digest);
    expect(response.headers.get('etag')).toBe(`"${artifact.digest}"`);
    expect(response.headers.get('content-length')).toBe(String(onnx.byteLength));
  });

  it('follows rollouts and what became of them', async () => {
    const [first, second, third] = service.recorder
      .of(versionRegisteredV1, ({ pipeline }) => pipeline === credit)
      .map(({ data }) => data.version) as [string, string, string];
    const completed = (version: string, sequence: number) =>
      service.publish(emit(rolloutCompletedV1, exampleRollout({ pipeline: credit, version, sequence })), { times: 3 });
    await completed(first, 1);
    await becomes(credit, first, 'production');
    await completed(second, 2);
    await becomes(credit, second, 'production');
    const failed = { rolloutId: 'rollout-3', sequence: 3, pipeline: credit, version: third, cycleId: null };
    const why = { reason: 'replica b did not load it', replicas: ['b'], restored: second };
    await service.publish(emit(rolloutFailedV1, { ...failed, ...why }));
    const version = await eventually(async () => {
      const { body } = await request(`/${credit}/versions/${third}`);
      return body.history.length === 3 ? body : undefined;
    });
    expect(version.state).toBe('approved');
    expect(version.history.at(-1)?.reason).toBe('rollout rollout-3 failed: replica b did not load it');
    const archived = (await request(`/${credit}/versions/${first}`)).body;
    expect(archived.history.map(({ state }) => state)).toEqual(['candidate', 'approved', 'production', 'archived']);
    const { body } = await request('');
    expect((body as unknown as { models: object[] }).models).toContainEqual(
      expect.objectContaining({ name: credit, versions: 3, production: second, latest: third }),
    );
  }, 60_000);

  it('waits for a person where the pipeline says so', async () => {
    const { data } = await promote(loans, '2026-01-02');
    const { version } = data;
    const [asked] = await service.recorder.wait(approvalRequestedV1, ({ pipeline }) => pipeline === loans);
    expect(asked?.data.approvers).toEqual([ada, grace]);
    const path = `/${loans}/versions/${version}`;
    expect(await request(`${path}/approve`, { by: 'eve' })).toMatchObject({
      status: 403,
      body: { error: { code: 'NOT_AN_APPROVER' } },
    });
    expect(await request(`${path}/approve`, { by: '' })).toMatchObject({
      status: 400,
      body: { error: { code: 'INVALID_REQUEST' } },
    });
    const [one, two] = await Promise.all([1, 2].map(() => request(`${path}/approve`, { by: ada, comment: 'fine' })));
    expect([one?.status, two?.status]).toEqual([200, 200]);
    expect(await request(`${path}/approve`, { by: grace })).toMatchObject({
      status: 409,
      body: { error: { code: 'NOT_AWAITING_APPROVAL', details: { state: 'approved' } } },
    });
    const [approved] = await service.recorder.wait(versionApprovedV1, ({ pipeline }) => pipeline === loans);
    expect(approved).toMatchObject({
      correlationid: `${loans}/2026-01-02`,
      data: { approvedBy: ada, comment: 'fine' },
    });
    const { body } = await request(path);
    expect(body.history).toMatchObject([
      { state: 'candidate', evidence: `${loans}/2026-01-02` },
      { state: 'candidate', reason: `awaits ${ada}, ${grace}` },
      { state: 'approved', by: ada, reason: 'fine' },
    ]);
    const other = (await promote(loans, '2026-01-03')).data.version;
    const rejection = await request(`/${loans}/versions/${other}/reject`, { by: grace, reason: 'biased' });
    expect(rejection).toMatchObject({ status: 200, body: { state: 'rejected' } });
    const [rejected] = await service.recorder.wait(versionRejectedV1, ({ pipeline }) => pipeline === loans);
    expect(rejected?.data).toMatchObject({ version: other, rejectedBy: grace, reason: 'biased' });
    expect(service.recorder.of(versionApprovedV1, ({ pipeline }) => pipeline === loans)).toHaveLength(1);
  }, 60_000);

  it('says what it does not have', async () => {
    expect(await request('/none/versions')).toMatchObject({
      status: 404,
      body: { error: { code: 'UNKNOWN_PIPELINE' } },
    });
    expect(await request(`/${credit}/versions/20200101_000000`)).toMatchObject({
      status: 404,
      body: { error: { code: 'UNKNOWN_VERSION' } },
    });
  });
});
