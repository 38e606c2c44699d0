import { setImmediate } from 'node:timers/promises';
import { shared } from '../testing/artifact.examples';
import { FakeModel, slotWith } from '../testing/fake.model';
import { bucketOf } from '../domain/traffic.split';
import type { ModelSlot } from './model.slot';

/** Each version answers the number in its name, in hundredths. */
function versions() {
  const models = new Map<string, FakeModel>();
  let random = 0;
  const slot = slotWith(
    async (_, { version }) => {
      const model = new FakeModel(Number(version.slice(1)) / 100);
      models.set(version, model);
      return model;
    },
    'credit',
    { random: () => random, stickyBy: ['id'] },
  );
  return { slot, models, draw: (next: number) => (random = next) };
}

const answerOf = (slot: ModelSlot, route = {}) =>
  slot.predict(({ target }) => ({ rows: [{}], answer: ([p]) => `${target.version} ${p}` }), route);

describe('versions side by side', () => {
  it('answer by weight where a request names nobody', async () => {
    const { slot, draw } = versions();
    slot.offer(shared(1, { v1: 90, v2: 10 }));
    await slot.settled();
    expect(await answerOf(slot)).toBe('v1 0.01');
    draw(0.8999);
    expect(await answerOf(slot)).toBe('v1 0.01');
    draw(0.9);
    expect(await answerOf(slot)).toBe('v2 0.02');
  });

  it('give one entity the same arm, and only the needed share another when weights change', async () => {
    const { slot } = versions();
    const keys = Array.from({ length: 500 }, (_, key) => `customer-${key}`);
    const arms = () => Promise.all(keys.map((key) => answerOf(slot, { key })));
    slot.offer(shared(1, { v1: 90, v2: 10 }));
    await slot.settled();
    const before = await arms();
    expect(await arms()).toEqual(before);
    slot.offer(shared(2, { v1: 70, v2: 30 }));
    await slot.settled();
    const after = await arms();
    const moved = keys.filter((_, key) => before[key] !== after[key]);
    expect(moved.length).toBeGreaterThan(0);
    expect(moved.every((key) => bucketOf('e', key) >= 7_000 && bucketOf('e', key) < 9_000)).toBe(true);
  });

  it('are loaded once each, however often weights change, and closed when they take no part any more', async () => {
    const { slot, models } = versions();
    slot.offer(shared(1, { v1: 100 }));
    await slot.settled();
    const [first] = models.values();
    slot.offer(shared(2, { v1: 90, v2: 10 }));
    slot.offer(shared(3, { v2: 60, v1: 40 }));
    await slot.settled();
    expect(models.get('v1')).toBe(first);
    expect(slot.status()).toMatchObject({ version: 'v2', trafficSequence: 3, loaded: ['v2', 'v1'] });
    slot.offer(shared(4, { v2: 100 }));
    await slot.settled();
    expect([models.get('v1')?.closed, models.get('v2')?.closed]).toEqual([true, false]);
  });

  it('answer when they are asked for by version, with whatever weight', async () => {
    const { slot } = versions();
    slot.offer(shared(1, { v1: 100, v2: 0 }));
    await slot.settled();
    expect(await answerOf(slot)).toBe('v1 0.01');
    expect(await answerOf(slot, { version: 'v2' })).toBe('v2 0.02');
    expect(await answerOf(slot, { version: 'v9' })).toBe('v1 0.01');
  });

  it('are all there or none: one that cannot be loaded leaves the traffic as it is', async () => {
    const opened: FakeModel[] = [];
    const slot = slotWith(async (_, { version }) => {
      if (version === 'v3') throw Object.assign(new Error('broken'), { retryable: false });
      opened.push(new FakeModel());
      return opened.at(-1)!;
    });
    slot.offer(shared(1, { v1: 100 }));
    await slot.settled();
    slot.offer(shared(2, { v1: 50, v2: 25, v3: 25 }));
    await slot.settled();
    expect(slot.status()).toMatchObject({ state: 'failed', trafficSequence: 2, loaded: ['v1'], error: 'broken' });
    expect(slot.traffic()?.target.sequence).toBe(1);
    expect(opened.map(({ closed }) => closed)).toEqual([false, true]);
  });
});

describe('a version that looks on', () => {
  it('is compared with what was answered, and answers nothing', async () => {
    const { slot, models } = versions();
    slot.offer(shared(1, { v10: 100 }, ['v60']));
    await slot.settled();
    const answers = await slot.predict((serving) => ({
      rows: [{}, {}],
      answer: (probabilities) => {
        slot.mirror(serving, [{}, {}], probabilities);
        return [...probabilities];
      },
    }));
    expect(answers).toEqual([0.1, 0.1]);
    await setImmediate();
    const [shadow] = slot.traffic()!.shadows;
    expect(shadow?.counts.report()).toMatchObject({
      compared: 2,
      disagreements: 2,
      distance: 1,
      errors: 0,
      dropped: 0,
    });
    models.get('v60')!.failures = [new Error('no')];
    slot.mirror(slot.current()!, [{}], Float64Array.of(0.1));
    await setImmediate();
    expect(shadow?.counts.report()).toMatchObject({ compared: 2, errors: 1 });
  });

  it('is shown no more than it can look at; the rest is counted', async () => {
    const { slot, models } = versions();
    slot.offer(shared(1, { v10: 100 }, ['v60']));
    await slot.settled();
    let release = () => {};
    const held = new Promise<void>((resolve) => (release = resolve));
    models.get('v60')!.predict = async (rows) => {
      await held;
      return new Float64Array(rows.length).fill(0.6);
    };
    const rows = Array.from({ length: 900 }, () => ({}));
    const answered = new Float64Array(900).fill(0.1);
    for (let n = 0; n < 4; n += 1) slot.mirror(slot.current()!, rows, answered);
    release();
    await setImmediate();
    const [shadow] = slot.traffic()!.shadows;
    expect(shadow?.counts.report()).toMatchObject({ compared: 1_800, dropped: 1_800, disagreements: 1_800 });
  });
});
