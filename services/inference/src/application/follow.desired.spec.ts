import { silentLogger } from '@perennial/messaging';
import { deployable } from '../testing/artifact.examples';
import { FakeModel, slotWith } from '../testing/fake.model';
import { FollowDesired } from './follow.desired';
import { ModelSlots } from './model.slots';
import type { Deployable } from './ports';
import { ShowModels } from './show.models';

const bytes = Uint8Array.of(1);

function setup({ file = null as Deployable | null, configured = true, open = async () => new FakeModel() } = {}) {
  const slot = slotWith(open);
  const deployer = { away: false, desired: null as Deployable | null, asked: 0 };
  const desired = {
    all: async () => {
      deployer.asked += 1;
      if (deployer.away) throw new Error('away');
      return new Map(deployer.desired && [[slot.pipeline, deployer.desired]]);
    },
  };
  const slots = new ModelSlots([slot]);
  const folder = { read: async () => file };
  const follow = new FollowDesired(slots, configured ? desired : null, folder, silentLogger, 60_000);
  return { slot, deployer, follow, show: new ShowModels(slots, follow, 'replica-1') };
}

const fromFile = (sequence: number): Deployable => {
  const { target, artifact } = deployable(sequence, bytes);
  return { target: { ...target, source: 'file' }, artifact };
};

describe('following the desired state', () => {
  it('serves what the deployer says', async () => {
    const { slot, deployer, follow } = setup();
    deployer.desired = deployable(4, bytes);
    await follow.reload(slot);
    expect(slot.current()?.target).toMatchObject({ version: 'v4', source: 'deployer' });
  });

  it('uses the deployed folder only while the deployer is away', async () => {
    const { slot, deployer, follow } = setup({ file: fromFile(9) });
    deployer.away = true;
    await follow.reload(slot);
    expect(slot.current()?.target).toMatchObject({ version: 'v9', source: 'file' });
    deployer.away = false;
    deployer.desired = deployable(2, bytes);
    await follow.reload(slot);
    expect(slot.current()?.target).toMatchObject({ version: 'v2', source: 'deployer' });
    deployer.away = true;
    await follow.reload(slot);
    expect(slot.current()?.target.version).toBe('v2');
  });

  it('asks at the start and ends with the running question', async () => {
    const { deployer, follow, slot } = setup();
    deployer.desired = deployable(1, bytes);
    follow.start();
    await follow.stop();
    await slot.settled();
    expect(deployer.asked).toBe(1);
    expect(slot.status().state).toBe('serving');
  });
});

describe('readiness', () => {
  it('is given without a model where none was ever rolled out', async () => {
    const { follow, slot, show } = setup();
    expect(() => show.requireReady()).toThrow(/has not said yet/);
    await follow.reload(slot);
    expect(() => show.requireReady()).not.toThrow();
    expect(show.health()).toMatchObject({ status: 'waiting-for-model', replica: 'replica-1' });
  });

  it('is not waited for where no deployer is configured', () => {
    expect(() => setup({ configured: false }).show.requireReady()).not.toThrow();
  });

  it('is withheld while the only version cannot be loaded', async () => {
    const failure = Object.assign(new Error('broken'), { retryable: false });
    const { deployer, follow, slot, show } = setup({ open: () => Promise.reject(failure) });
    deployer.desired = deployable(1, bytes);
    await follow.reload(slot);
    expect(() => show.requireReady()).toThrow(/no version is loaded/);
    expect(() => show.info(undefined)).toThrow(expect.objectContaining({ code: 'NO_MODEL', status: 503 }));
  });

  it('stays while a newer version cannot be loaded', async () => {
    let broken = false;
    const open = async () => {
      if (broken) throw Object.assign(new Error('broken'), { retryable: false });
      return new FakeModel();
    };
    const { deployer, follow, slot, show } = setup({ open });
    deployer.desired = deployable(1, bytes);
    await follow.reload(slot);
    broken = true;
    deployer.desired = deployable(2, Uint8Array.of(2));
    expect(await show.reload(undefined)).toMatchObject({
      version: 'v1',
      models: [{ state: 'failed', error: 'broken' }],
    });
    expect(() => show.requireReady()).not.toThrow();
    expect(show.info('credit')).toMatchObject({ version: 'v1', threshold: 0.5, rollout: { sequence: 1 } });
  });
});
