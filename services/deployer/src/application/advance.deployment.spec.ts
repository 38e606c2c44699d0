import { DeployerFlow } from '../testing/deployer.flow';

describe('advancing a deployment', () => {
  it('rolls out, waits for the replica and completes', async () => {
    const flow = new DeployerFlow();
    await flow.approve('v1');
    await flow.approve('v1');
    await flow.report();
    expect(flow.published()).toEqual(['rollout-started v1', 'rollout-completed v1']);
    const correlations = new Set(flow.unitOfWork.outbox.map(({ headers }) => headers.ce_correlationid));
    expect([...correlations]).toEqual(['correlation-of-v1']);
    expect(await flow.show.one('credit')).toMatchObject({
      serving: 'v1',
      replicas: [{ replicaId: 'a', state: 'serving' }],
      history: [{ type: 'rollout-completed' }, { type: 'traffic-changed' }, { type: 'rollout-started' }],
    });
  });

  it('by time alone fails a rollout that a replica does not serve, and restores the version before', async () => {
    const flow = new DeployerFlow();
    await flow.approve('v1');
    await flow.report();
    await flow.approve('v2');
    flow.pass(59);
    await flow.report({ version: 'v1', rolloutId: 'other' });
    await flow.advance.tick('credit');
    expect(flow.published().slice(2)).toEqual(['rollout-started v2']);
    flow.pass(1);
    await flow.advance.tick('credit');
    await flow.advance.tick('credit');
    expect(flow.published().slice(3)).toEqual(['rollout-failed v2', 'rollout-started v1']);
  });

  it('by time alone completes when the replica that was late has gone', async () => {
    const flow = new DeployerFlow();
    await flow.report({ replicaId: 'b', state: 'starting', heartbeatSeconds: 5 });
    await flow.approve('v1');
    await flow.report();
    expect(flow.published()).toEqual(['rollout-started v1']);
    flow.pass(15);
    await flow.advance.tick('credit');
    expect(flow.published()).toEqual(['rollout-started v1', 'rollout-completed v1']);
    expect(await flow.show.one('credit')).toMatchObject({ replicas: [{ replicaId: 'a' }] });
  });

  it('leaves pipelines of others alone', async () => {
    const flow = new DeployerFlow();
    await flow.approve('v1', 'churn');
    await flow.report({ pipeline: 'churn' });
    await flow.advance.tick('credit');
    expect(flow.published()).toEqual([]);
    expect(await flow.show.desired()).toEqual([]);
    expect(await flow.replicas.of('churn')).toEqual([]);
    await expect(flow.show.one('churn')).rejects.toMatchObject({ code: 'UNKNOWN_PIPELINE', status: 404 });
  });

  it('shows what waits and what was skipped', async () => {
    const flow = new DeployerFlow();
    for (const version of ['v1', 'v2', 'v3']) await flow.approve(version);
    expect(await flow.show.all()).toMatchObject([{ desired: { version: 'v1' }, waiting: 'v3', phase: 'rolling' }]);
    expect(await flow.show.desired()).toMatchObject([{ pipeline: 'credit', version: 'v1', sequence: 1 }]);
    const { history } = await flow.show.one('credit');
    expect(history).toMatchObject([
      { type: 'approval-queued', version: 'v3' },
      { type: 'approval-skipped', version: 'v2', supersededBy: 'v3' },
      { type: 'approval-queued', version: 'v2' },
      { type: 'traffic-changed', sequence: 1, arms: [{ version: 'v1', weight: 100 }] },
      { type: 'rollout-started', version: 'v1' },
    ]);
  });

  it('tells the platform of a version that will not be rolled out', async () => {
    const flow = new DeployerFlow();
    for (const version of ['v1', 'v2', 'v3']) await flow.approve(version);
    expect(flow.published()).toEqual(['rollout-started v1', 'version-superseded v2']);
  });

  it('answers a rollback with the deployment after it', async () => {
    const flow = new DeployerFlow();
    for (const version of ['v1', 'v2']) {
      await flow.approve(version);
      await flow.report();
    }
    const after = await flow.advance.rollback('credit', { by: 'ana', reason: 'complaints' });
    expect(after).toMatchObject({ sequence: 3, rollout: { version: 'v1', kind: 'rollback' } });
    expect(flow.published().at(-1)).toBe('rollout-started v1');
    await expect(flow.advance.rollback('credit', { by: 'ana', reason: 'again', to: 'v1' })).rejects.toMatchObject({
      code: 'ALREADY_SERVING',
      status: 409,
      details: { field: 'to', value: 'v1', known: ['v1', 'v2'] },
    });
  });
});
