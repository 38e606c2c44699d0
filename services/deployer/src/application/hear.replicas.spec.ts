import { DeployerFlow } from '../testing/deployer.flow';

const hour = 3_600_000;

describe('reports of a replica', () => {
  let flow: DeployerFlow;
  beforeEach(() => (flow = new DeployerFlow()));
  const beat = { heartbeatSeconds: 5 };
  const starting = { ...beat, state: 'starting' as const };

  it.each([
    ['slow', -hour],
    ['fast', hour],
  ])('count when they are heard, though its clock is an hour %s', async (_, off) => {
    await flow.report(starting, off);
    await flow.approve('v1');
    flow.pass(4);
    await flow.report(beat, off);
    expect(flow.published()).toEqual(['rollout-started v1', 'rollout-completed v1']);
    expect(await flow.show.one('credit')).toMatchObject({ replicas: [{ replicaId: 'a', state: 'serving' }] });
    flow.pass(15);
    expect(await flow.show.one('credit')).toMatchObject({ replicas: [] });
  });

  it('that come late tell of the past: nobody who is behind takes a replica for one that does not serve', async () => {
    await flow.report(starting, hour);
    await flow.approve('v1');
    flow.pass(70);
    // Said right after the first one; the deployer was busy for longer than the rollout may take.
    await flow.report(starting, hour - 69_000);
    await flow.advance.tick('credit');
    expect(flow.published()).toEqual(['rollout-started v1']);
    await flow.report(beat, hour);
    expect(flow.published()).toEqual(['rollout-started v1', 'rollout-completed v1']);
  });

  it('count after its clock was set right', async () => {
    await flow.report(starting, hour);
    await flow.approve('v1');
    flow.pass(2);
    await flow.report(beat, 0);
    expect(flow.published()).toEqual(['rollout-started v1', 'rollout-completed v1']);
  });

  it('are written once for all that came together, and the newest of each pipeline counts', async () => {
    await flow.approve('v1');
    const slice = [await flow.said(starting)];
    for (let beats = 1; beats < 100; beats++) {
      flow.pass(5);
      slice.push(await flow.said(beat));
    }
    await flow.take(slice);
    expect(flow.replicas.writes).toBe(1);
    expect(flow.published()).toEqual(['rollout-started v1', 'rollout-completed v1']);
    expect(await flow.replicas.of('credit')).toMatchObject([{ offset: 100, state: 'serving' }]);
  });

  it('that say nothing new begin no transaction', async () => {
    await flow.approve('v1');
    await flow.report(beat);
    let asked = 0;
    const { load } = flow.deployments;
    flow.deployments.load = (pipeline) => {
      asked += 1;
      return load.call(flow.deployments, pipeline);
    };
    const slice = [await flow.said(beat), await flow.said(beat)];
    asked = 0;
    await flow.take(slice);
    expect(asked).toBe(0);
  });

  it('that are delivered again are not taken for new ones', async () => {
    await flow.approve('v1');
    const [old, last] = [await flow.said(beat), await flow.said({ ...beat, state: 'stopped' })];
    await flow.take([old, last]);
    expect(flow.published()).toEqual(['rollout-started v1']);
    await flow.take([old, last]);
    await flow.advance.tick('credit');
    expect(flow.published()).toEqual(['rollout-started v1']);
    expect(await flow.replicas.of('credit')).toMatchObject([{ state: 'stopped' }]);
  });

  it('are kept when the rollout cannot be assessed, which the timer does again', async () => {
    await flow.approve('v1');
    flow.unitOfWork.conflicts = 1;
    await flow.report(beat);
    expect(flow.published()).toEqual(['rollout-started v1']);
    await flow.advance.tick('credit');
    expect(flow.published()).toEqual(['rollout-started v1', 'rollout-completed v1']);
  });

  it('name themselves as the cause of what they bring about', async () => {
    await flow.approve('v1');
    const said = await flow.said(beat);
    await flow.take([said]);
    const { headers } = flow.unitOfWork.outbox.at(-1)!;
    expect(headers.ce_causationid).toBe(said.headers.ce_id?.toString());
    expect(headers.ce_correlationid).toBe('correlation-of-v1');
  });

  it('that cannot be read become dead letters, and those beside them are heard', async () => {
    await flow.approve('v1');
    const [broken, foreign, wrong, good] = [await flow.said(), await flow.said(), await flow.said(), await flow.said()];
    broken.value = Buffer.from('{');
    foreign.headers.ce_type = Buffer.from('perennial.x.v1.y');
    wrong.value = Buffer.from('{"pipeline":"credit"}');
    await flow.take([broken, foreign, wrong, good]);
    const codes = flow.deadLetters.map(({ code, group }) => `${code} ${group}`);
    expect(codes).toEqual(
      ['MALFORMED_DATA', 'UNKNOWN_TYPE', 'INVALID_DATA'].map((code) => `${code} deployer.replicas`),
    );
    expect(flow.published()).toEqual(['rollout-started v1', 'rollout-completed v1']);
  });
});
