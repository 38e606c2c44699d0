import type { FileReference } from '@perennial/contracts';
import { type HandlerContext, type OutgoingEvent, silentLogger, Transactor } from '@perennial/messaging';
import { InMemoryUnitOfWork } from '@perennial/messaging/testing';
import { InMemoryVersionStore } from '../testing/in-memory.version.store';
import { automatic, exampleFile, examplePromotion, exampleRollout, manual } from '../testing/version.examples';
import { DecideApproval } from './decide.approval';
import { RecordRollout } from './record.rollout';
import { RegisterVersion } from './register.version';
import { ShowVersions } from './show.versions';
import { VersionRegistration } from './version.registration';

const named = (name: string, approval: typeof manual) => ({ name, description: '', owner: 'risk', approval });

describe('the registry', () => {
  const ada = 'ada@bank.example';
  const pipelines = new Map([
    ['credit', named('credit', automatic)],
    ['loans', named('loans', manual)],
  ]);
  let versions: InMemoryVersionStore;
  let unitOfWork: InMemoryUnitOfWork;
  let stored: string[];
  let now: Date;
  let registerVersion: RegisterVersion;
  let rollouts: RecordRollout;
  let approval: DecideApproval;
  let show: ShowVersions;

  beforeEach(() => {
    versions = new InMemoryVersionStore();
    unitOfWork = new InMemoryUnitOfWork();
    stored = [];
    now = new Date('2026-01-04T00:00:00.000Z');
    const clock = { now: () => now };
    let ids = 0;
    const transactor = new Transactor(unitOfWork, { source: '/registry', clock, newId: () => `id-${++ids}` });
    const files = {
      put: async (_: string, content: Uint8Array, { mediaType }: { mediaType: string }): Promise<FileReference> => {
        stored.push(new TextDecoder().decode(content));
        return { ...exampleFile('mlmodel'), mediaType };
      },
      get: async () => Uint8Array.of(1),
    };
    const registration = new VersionRegistration(versions, files, () => [{ name: 'sex', type: 'string' }]);
    registerVersion = new RegisterVersion(versions, pipelines, registration);
    rollouts = new RecordRollout(versions, pipelines);
    approval = new DecideApproval(versions, pipelines, transactor, clock);
    show = new ShowVersions(versions, pipelines, files);
  });

  /** As the pipeline handles an event: one transaction. */
  async function handle(work: (context: HandlerContext) => Promise<OutgoingEvent[]>) {
    let events: OutgoingEvent[] = [];
    await unitOfWork.execute(null, async (transaction) => {
      events = await work({ transaction, now: () => now, logger: silentLogger, attempt: 1 } as HandlerContext);
      return [];
    });
    return events.map(({ contract, data }) => ({ type: contract.type.split('.').at(-1), data: data as object }));
  }

  const promote = (change: Parameters<typeof examplePromotion>[0] = {}) => {
    const event = { time: '2026-01-03T23:59:00.000Z', correlationid: 'cycle', data: examplePromotion(change) };
    return handle((context) => registerVersion.run(event as never, context));
  };
  const rolledOut = (change: Parameters<typeof exampleRollout>[0]) =>
    handle((context) => rollouts.completed(exampleRollout(change), context));
  const stateOf = async (version: string, pipeline = 'credit') => (await show.one(pipeline, version)).state;

  it('registers and approves at once where approval is automatic', async () => {
    const events = await promote({ finetunedFrom: '20260101_000000' });
    expect(events).toMatchObject([
      { type: 'version-registered', data: { version: '20260104_000000', finetunedFrom: '20260101_000000' } },
      { type: 'version-approved', data: { approvedBy: 'policy:automatic', runId: 'credit.2026-01-04.1' } },
    ]);
    const { files } = await show.one('credit', '20260104_000000');
    expect(files.map(({ path }) => path)).toEqual(['MLmodel', 'model.onnx', 'checkpoint.bin']);
    expect(stored[0]).toContain('loader_module: mlflow.onnx');
  });

  it('registers an attempt once, and numbers versions of one second', async () => {
    await promote();
    expect(await promote()).toEqual([]);
    expect(await promote({ cycleId: 'credit/2026-01-05' })).toMatchObject([
      { data: { version: '20260104_000000_1' } },
      {},
    ]);
    expect((await show.list('credit', 10)).length).toBe(2);
  });

  it('leaves out what belongs to pipelines that are not declared here', async () => {
    expect(await promote({ pipeline: 'elsewhere' })).toEqual([]);
    expect(await rolledOut({ pipeline: 'elsewhere' })).toEqual([]);
    expect(versions.versions.size).toBe(0);
  });

  it('waits for an approver where approval is manual', async () => {
    expect(await promote({ pipeline: 'loans' })).toMatchObject([
      { type: 'version-registered' },
      { type: 'approval-requested', data: { approvers: manual.approvers } },
    ]);
    await approval.approve('loans', '20260104_000000', ada, 'fine');
    await approval.approve('loans', '20260104_000000', ada, 'twice');
    expect(unitOfWork.outbox.map(({ headers }) => [headers['ce_type'], headers['ce_correlationid']])).toEqual([
      ['perennial.registry.v1.version-approved', 'cycle'],
    ]);
    expect(await stateOf('20260104_000000', 'loans')).toBe('approved');
  });

  it('refuses decisions with the status that says why', async () => {
    await promote({ pipeline: 'loans' });
    const version = '20260104_000000';
    await expect(approval.approve('loans', version, 'eve', null)).rejects.toMatchObject({ status: 403 });
    await approval.reject('loans', version, ada, 'biased');
    await expect(approval.approve('loans', version, ada, null)).rejects.toMatchObject({
      status: 409,
      details: { state: 'rejected' },
    });
    await expect(approval.approve('loans', '20200101_000000', ada, null)).rejects.toMatchObject({ status: 404 });
    await expect(approval.approve('none', version, ada, null)).rejects.toMatchObject({ code: 'UNKNOWN_PIPELINE' });
  });

  it('decides again when someone else was quicker', async () => {
    await promote({ pipeline: 'loans' });
    unitOfWork.conflicts = 1;
    expect(await approval.approve('loans', '20260104_000000', ada, null)).toMatchObject({ state: 'approved' });
  });

  it('follows rollouts', async () => {
    await promote();
    now = new Date('2026-01-05T00:00:00.000Z');
    await promote({ cycleId: 'credit/2026-01-05', finetunedFrom: '20260104_000000' });
    await rolledOut({ sequence: 1 });
    await rolledOut({ sequence: 2, version: '20260105_000000', previous: '20260104_000000' });
    expect([await stateOf('20260104_000000'), await stateOf('20260105_000000')]).toEqual(['archived', 'production']);
    await rolledOut({ sequence: 3, kind: 'rollback' });
    expect([await stateOf('20260104_000000'), await stateOf('20260105_000000')]).toEqual(['production', 'archived']);
    const [credit] = await show.models();
    expect(credit).toMatchObject({ versions: 2, production: '20260104_000000', latest: '20260105_000000' });
    expect((await show.one('credit', '20260105_000000')).lineage).toMatchObject([{ version: '20260104_000000' }]);
  });

  it('archives a version that was superseded before its rollout, and no other', async () => {
    await promote();
    const superseded = (version: string) => {
      const data = { pipeline: 'credit', version, cycleId: 'credit/2026-01-04', supersededBy: '20260105_000000' };
      return handle((context) => rollouts.superseded(data, context));
    };
    await superseded('20260104_000000');
    await superseded('20260104_000000');
    const { state, history } = await show.one('credit', '20260104_000000');
    expect(state).toBe('archived');
    expect(history.at(-1)).toMatchObject({
      by: 'deployer',
      reason: 'superseded by 20260105_000000 before its rollout',
    });
    expect(history.filter((entry) => entry.state === 'archived')).toHaveLength(1);
    now = new Date('2026-01-05T00:00:00.000Z');
    await promote({ cycleId: 'credit/2026-01-05' });
    await rolledOut({ sequence: 2, version: '20260105_000000' });
    await superseded('20260105_000000');
    expect(await stateOf('20260105_000000')).toBe('production');
  });

  it('refuses a rollout of a version that it never registered', async () => {
    await expect(rolledOut({})).rejects.toMatchObject({ code: 'VERSION_UNKNOWN', retryable: false });
  });
});
