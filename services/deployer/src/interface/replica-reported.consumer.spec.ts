import { replicaReportedV1 } from '@perennial/contracts';
import { type EventEnvelope, type HandlerContext, Transactor } from '@perennial/messaging';
import { DeployerFlow } from '../testing/deployer.flow';
import { ReplicaReportedConsumer } from './replica-reported.consumer';

const hour = 3_600_000;

/** Reports of a replica whose clock is that far off, each handled when it comes. */
function replicaOf(flow: DeployerFlow) {
  const consumer = new ReplicaReportedConsumer(flow.advance);
  const transactor = new Transactor(flow.unitOfWork, { source: 's', clock: flow.clock, newId: () => 'id' });
  return async (offMs: number, state: 'starting' | 'serving') => {
    const { rollout } = (await flow.deployments.load('credit')).deployment;
    const { version = null, rolloutId = null } = rollout ?? {};
    const at = new Date(flow.clock.now().getTime() + offMs).toISOString();
    const told = {
      replicaId: 'a',
      pipeline: 'credit',
      error: null,
      heartbeatSeconds: 5,
      state,
      version,
      rolloutId,
      at,
    };
    const data = replicaReportedV1.schema.parse(told);
    await transactor.transact((transaction) =>
      consumer.handle({ data } as EventEnvelope<typeof data>, { transaction } as HandlerContext),
    );
  };
}

describe('reports of a replica', () => {
  it.each([
    ['slow', -hour],
    ['fast', hour],
  ])('count when they are heard, though its clock is an hour %s', async (_, off) => {
    const flow = new DeployerFlow();
    const report = replicaOf(flow);
    await report(off, 'starting');
    await flow.approve('v1');
    flow.pass(4);
    await report(off, 'serving');
    expect(flow.published()).toEqual(['rollout-started v1', 'rollout-completed v1']);
    expect(await flow.show.one('credit')).toMatchObject({ replicas: [{ replicaId: 'a', state: 'serving' }] });
    flow.pass(15);
    expect(await flow.show.one('credit')).toMatchObject({ replicas: [] });
  });

  it('that come late tell of the past: nobody who is behind takes a replica for one that does not serve', async () => {
    const flow = new DeployerFlow();
    const report = replicaOf(flow);
    await report(hour, 'starting');
    await flow.approve('v1');
    flow.pass(70);
    // Said right after the first one; the deployer was busy for longer than the rollout may take.
    await report(hour - 69_000, 'starting');
    expect(flow.published()).toEqual(['rollout-started v1']);
    await report(hour, 'serving');
    expect(flow.published()).toEqual(['rollout-started v1', 'rollout-completed v1']);
  });

  it('count after its clock was set right', async () => {
    const flow = new DeployerFlow();
    const report = replicaOf(flow);
    await report(hour, 'starting');
    await flow.approve('v1');
    flow.pass(2);
    await report(0, 'serving');
    expect(flow.published()).toEqual(['rollout-started v1', 'rollout-completed v1']);
  });
});
