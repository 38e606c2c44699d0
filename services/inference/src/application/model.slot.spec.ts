import { deployable } from '../testing/artifact.examples';
import { FakeModel, slotWith } from '../testing/fake.model';
import type { ServableModel } from './ports';

const bytes = (n: number) => Uint8Array.of(n);
const failing = (retryable: boolean, message = 'no') =>
  Object.assign(new Error(message), { code: 'BROKEN', retryable });

/** Opens fake models by the version asked for; a function may throw. */
function slot(models: Record<string, () => ServableModel>) {
  return slotWith(async (_, { version }) => (models[version] ?? (() => new FakeModel()))());
}

describe('a model slot', () => {
  it('without a model says so with the reason', async () => {
    const empty = slot({});
    expect(empty.status()).toMatchObject({ state: 'starting', version: null, rolloutId: null, error: null });
    await expect(empty.predict(() => ({ rows: [], answer: () => 0 }))).rejects.toMatchObject({
      code: 'NO_MODEL',
      status: 503,
    });
  });

  it('serves what it was offered, after a warm-up, and closes the model before', async () => {
    const [first, second] = [new FakeModel(), new FakeModel()];
    const served = slot({ v1: () => first, v2: () => second });
    served.offer(deployable(1, bytes(1)));
    await served.settled();
    expect(first.calls).toBe(3);
    expect(served.status()).toMatchObject({ state: 'serving', version: 'v1', rolloutId: 'rollout-1', error: null });
    served.offer(deployable(2, bytes(2)));
    await served.settled();
    expect(served.status()).toMatchObject({ version: 'v2', rolloutId: 'rollout-2' });
    expect([first.closed, second.closed]).toEqual([true, false]);
  });

  it('takes no older rollout, and skips to the newest of several', async () => {
    const opened: string[] = [];
    const served = slotWith(async (_, { version }) => {
      opened.push(version);
      return new FakeModel();
    });
    [2, 3, 1, 4].forEach((sequence) => served.offer(deployable(sequence, bytes(sequence))));
    await served.settled();
    served.offer(deployable(3, bytes(3)));
    await served.settled();
    expect(opened).toEqual(['v2', 'v4']);
    expect(served.current()?.target.version).toBe('v4');
  });

  it('serves nothing while it is suspended, and then the newest of what was offered meanwhile', async () => {
    const [first, third] = [new FakeModel(), new FakeModel()];
    const served = slot({ v1: () => first, v3: () => third });
    const told: (string | null)[] = [];
    served.onChange((_, previous) => told.push(previous));
    served.offer(deployable(1, bytes(1)));
    await served.settled();
    served.suspend();
    served.suspend();
    [2, 3].forEach((sequence) => served.offer(deployable(sequence, bytes(sequence))));
    await served.settled();
    expect([served.current(), first.closed, served.isSuspended(), third.calls]).toEqual([null, true, true, 0]);
    served.resume();
    await served.settled();
    expect(served.current()?.target.version).toBe('v3');
    expect(told).toEqual([null, 'v1', null]);
  });

  it('closes a model that was being opened when it was suspended, and opens it again', async () => {
    const models = [new FakeModel(), new FakeModel()];
    let opened = 0;
    const served = slotWith(async () => models[opened++] as ServableModel);
    served.offer(deployable(1, bytes(1)));
    served.suspend();
    await served.settled();
    expect(served.current()).toBeNull();
    served.resume();
    await served.settled();
    expect(served.current()?.target.version).toBe('v1');
    expect(models.slice(0, opened - 1).every(({ closed }) => closed)).toBe(true);
  });

  it('takes an offer that comes while a listener hears of the one before', async () => {
    const served = slot({});
    served.onChange(({ pipeline }) => void (pipeline && served.offer(deployable(2, bytes(2)))));
    served.offer(deployable(1, bytes(1)));
    await served.settled();
    expect(served.current()?.target.version).toBe('v2');
  });

  it('takes over the rollout without loading when the model is the same', async () => {
    const model = new FakeModel();
    const served = slot({ v1: () => model });
    served.offer(deployable(1, bytes(1), 'v1'));
    await served.settled();
    served.offer(deployable(2, bytes(1), 'v1'));
    await served.settled();
    expect(served.status()).toMatchObject({ version: 'v1', rolloutId: 'rollout-2' });
    expect([model.calls, model.closed]).toEqual([3, false]);
  });

  it('keeps the old version when the new one cannot be loaded, and names the failed rollout', async () => {
    const served = slot({
      v2: () => {
        throw failing(false, 'not an ONNX file');
      },
    });
    const heard: string[] = [];
    served.onChange((changed) => heard.push(changed.status().state));
    served.offer(deployable(1, bytes(1)));
    await served.settled();
    served.offer(deployable(2, bytes(2)));
    await served.settled();
    expect(served.status()).toEqual({
      state: 'failed',
      version: 'v1',
      rolloutId: 'rollout-2',
      trafficSequence: 2,
      loaded: ['v1'],
      error: 'not an ONNX file',
    });
    expect(heard).toEqual(['serving', 'failed']);
    await expect(served.predict(() => ({ rows: [{}], answer: (p) => p[0] }))).resolves.toBe(0.7);
  });

  it.each([NaN, 1.5, -0.1])('refuses a model that answers %p to the warm-up, and closes it', async (probability) => {
    const model = new FakeModel(probability);
    const served = slot({ v1: () => model });
    served.offer(deployable(1, bytes(1)));
    await served.settled();
    expect(served.status()).toMatchObject({ state: 'failed', version: null });
    expect(model.closed).toBe(true);
  });

  it('tries again while the artifact cannot be reached', async () => {
    const served = slot({});
    let tries = 0;
    served.offer({
      ...deployable(1, bytes(1)),
      artifact: async () => {
        tries += 1;
        if (tries < 3) throw failing(true);
        return bytes(1);
      },
    });
    await served.settled();
    expect([tries, served.status().state]).toEqual([3, 'serving']);
  });

  it('leaves an artifact that cannot be reached for a newer one', async () => {
    const served = slot({});
    served.offer({
      ...deployable(1, bytes(1)),
      artifact: async () => {
        served.offer(deployable(2, bytes(2)));
        throw failing(true);
      },
    });
    await served.settled();
    expect(served.status()).toMatchObject({ state: 'serving', version: 'v2' });
  });

  it('loads a failed version again when it is asked to', async () => {
    let broken = true;
    const served = slot({
      v1: () => {
        if (broken) throw failing(false);
        return new FakeModel();
      },
    });
    served.offer(deployable(1, bytes(1)));
    await served.settled();
    broken = false;
    served.offer(deployable(1, bytes(1)));
    await served.settled();
    expect(served.status().state).toBe('failed');
    served.offer(deployable(1, bytes(1)), { again: true });
    await served.settled();
    expect(served.status().state).toBe('serving');
  });

  it('asks once more when the worker crashed, and not a third time', async () => {
    const model = new FakeModel();
    const crash = Object.assign(new Error('crash'), { code: 'WORKER_CRASHED' });
    const served = slot({ v1: () => model });
    served.offer(deployable(1, bytes(1)));
    await served.settled();
    const predict = () => served.predict(() => ({ rows: [{}], answer: (p) => p[0] }));
    model.failures = [crash];
    await expect(predict()).resolves.toBe(0.7);
    model.failures = [crash, crash];
    await expect(predict()).rejects.toBe(crash);
  });
});
