import { silentLogger } from '@perennial/messaging';
import { type Logger, ServiceError } from '@perennial/service';
import { deployable, digestOf } from '../testing/artifact.examples';
import { FakeModel, slotWith } from '../testing/fake.model';
import { FollowRegistered } from './follow.registered';
import { ModelSlots } from './model.slots';
import type { RegisteredModel } from './ports';
import { ShowModels } from './show.models';

const model = (version: string, bytes = Buffer.from(version)): RegisteredModel => ({
  ...{ version, digest: digestOf(bytes) },
  artifact: async () => bytes,
});
const away = new ServiceError('MLFLOW_UNAVAILABLE', 503, 'nothing answers');

/** Says in turn what it is given; the last of it for ever. */
function following(...finds: (RegisteredModel | Error)[]) {
  const opened: FakeModel[] = [];
  const open = async () => {
    const next = new FakeModel();
    opened.push(next);
    return next;
  };
  const slot = slotWith(open, 'credit', { follows: 'mlflow' });
  const find = async () => {
    const next = finds.length > 1 ? finds.shift() : finds[0];
    if (next instanceof Error || next === undefined) throw next;
    return next;
  };
  const follow = new FollowRegistered(slot, { find }, silentLogger as unknown as Logger, 1);
  const desired = { reload: async () => {}, isKnown: () => true };
  const show = new ShowModels(new ModelSlots([slot]), desired as never, 'replica', follow);
  return { slot, follow, opened, show };
}

describe('a model that is served from a registry', () => {
  it('is tried until it is there, and not ready before', async () => {
    const { slot, follow, show } = following(away, away, model('3'));
    expect(() => show.requireReady()).toThrow('credit: no version is loaded yet');
    await expect(follow.reload()).rejects.toBe(away);
    expect(() => show.requireReady()).toThrow('credit: nothing answers');
    const served = new Promise<void>((resolve) => slot.onChange(() => resolve()));
    follow.start();
    await served;
    expect(slot.current()?.target).toMatchObject({ version: '3', source: 'mlflow' });
    expect(() => show.requireReady()).not.toThrow();
    expect(show.health().models).toMatchObject([{ version: '3', error: null }]);
    await follow.stop();
  });

  it('is another version once the registry says so and somebody asks', async () => {
    const { slot, opened, show } = following(model('1'), model('1'), model('2'), away);
    for (const expected of ['1', '1', '2']) expect(await show.reload('credit')).toMatchObject({ version: expected });
    expect(opened.map(({ closed }) => closed)).toEqual([true, false]);
    await expect(show.reload('credit')).rejects.toBe(away);
    expect(slot.current()?.target.version).toBe('2');
    expect(show.health().models).toMatchObject([{ version: '2', error: 'nothing answers' }]);
  });

  it('is loaded anew where the file of a version has changed', async () => {
    const { slot, opened, show } = following(model('1'), model('1', Buffer.from('other')));
    await show.reload('credit');
    await show.reload('credit');
    expect([opened.length, slot.current()?.target.digest]).toEqual([2, digestOf(Buffer.from('other'))]);
  });

  it('is not what a rollout says, nor is a rollout what a registry says', async () => {
    const { slot, show } = following(model('1'));
    slot.offer(deployable(9, Buffer.from('x')));
    await slot.settled();
    expect(slot.current()).toBeNull();
    await show.reload('credit');
    expect(slot.current()?.target.version).toBe('1');
  });
});
