import { setImmediate as turn } from 'node:timers/promises';
import fc from 'fast-check';
import { FakeMachine, keptIn } from '../testing/memory.models';

type Kept = Awaited<ReturnType<typeof keptIn>>;

const rows = [{}, {}];

async function settled(sizes: readonly number[], budget: number, waitMs?: number) {
  const machine = new FakeMachine(budget);
  const memory = machine.memory(waitMs);
  const models: Kept[] = [];
  for (const [index, bytes] of sizes.entries()) {
    const kept = await keptIn(memory, machine, `m${index}`, bytes);
    kept.hold(false);
    models.push(kept);
  }
  return { machine, memory, models, asked: (index: number) => (models[index] as Kept).served.predict(rows) };
}

describe('models within a memory budget', () => {
  it('evicts the one that was asked longest ago, and loads it again when it is asked', async () => {
    const { machine, models, asked } = await settled([40, 40, 40], 100);
    expect(machine.evicted).toEqual(['m0']);
    await asked(1);
    expect(await asked(0)).toEqual(Float64Array.of(0.5, 0.5));
    expect(machine.evicted).toEqual(['m0', 'm2']);
    expect([...machine.loaded.keys()].sort()).toEqual(['m0', 'm1']);
    expect(models.map(({ model }) => model.loads)).toEqual([2, 1, 1]);
    expect(machine.problems).toEqual([]);
  });

  it('loads once for all who wait', async () => {
    const { models, asked } = await settled([60, 60], 100);
    await Promise.all([asked(0), asked(0), asked(0)]);
    expect(models[0]?.model.loads).toBe(2);
  });

  it('never goes above the budget, evicts no pinned model and answers every request', async () => {
    const size = fc.integer({ min: 10, max: 45 });
    const step = fc.record({
      model: fc.nat(4),
      what: fc.constantFrom('ask', 'ask', 'ask', 'ask', 'pin', 'unpin'),
      turns: fc.nat(3),
    });
    const plan = fc.tuple(fc.array(size, { minLength: 2, maxLength: 5 }), fc.array(step, { maxLength: 60 }));
    await fc.assert(
      fc.asyncProperty(plan, async ([sizes, steps]) => {
        const { machine, models, asked } = await settled(sizes, 100);
        const answers: Promise<unknown>[] = [];
        for (const { model, what, turns } of steps) {
          const index = model % models.length;
          if (what === 'ask') answers.push(asked(index));
          else {
            // One at a time: any other still fits beside it.
            for (const each of models) if (machine.pinned.has(each.model.name)) each.hold(false);
            if (what === 'pin') models[index]?.hold(true);
          }
          for (let left = turns; left > 0; left -= 1) await turn();
        }
        expect(await Promise.all(answers)).toEqual(answers.map(() => Float64Array.of(0.5, 0.5)));
        expect(machine.problems).toEqual([]);
        expect(machine.peak).toBeLessThanOrEqual(100);
        await Promise.all(models.map(({ served }) => served.close()));
        expect(machine.loaded.size).toBe(0);
      }),
      { numRuns: 60 },
    );
  });

  it('lets what a rollout compares in beyond the budget, and trims when that is over', async () => {
    const { machine, memory, models, asked } = await settled([60], 100);
    models[0]?.hold(true);
    const second = await keptIn(memory, machine, 'second', 70);
    expect([machine.used, machine.evicted]).toEqual([130, []]);
    models[0]?.hold(false);
    await turn();
    await turn();
    expect(machine.evicted).toEqual(['m0']);
    second.hold(false);
    await asked(0);
    expect([...machine.loaded.keys()]).toEqual(['m0']);
    expect(machine.problems).toEqual([]);
  });

  it('refuses for now while all that is in memory must stay, and for good what would not fit alone', async () => {
    const { machine, memory, models, asked } = await settled([60, 60], 100, 20);
    models[1]?.hold(true);
    await expect(asked(0)).rejects.toMatchObject({ code: 'MODEL_MEMORY_FULL', status: 503, retryable: true });
    const late = asked(0);
    models[1]?.hold(false);
    expect(await late).toHaveLength(2);
    await expect(keptIn(memory, machine, 'huge', 101)).rejects.toMatchObject({
      ...{ code: 'MODEL_EXCEEDS_BUDGET', retryable: false },
      message: expect.stringContaining('INFERENCE_MODEL_MEMORY_MB'),
    });
  });

  it('says that a model cannot be loaded again, and tries anew with the next request', async () => {
    const { models, asked } = await settled([60, 60], 100);
    (models[0] as Kept).model.failure = new Error('the store is away');
    await expect(asked(0)).rejects.toMatchObject({
      ...{ code: 'MODEL_NOT_LOADED', status: 503 },
      message: expect.stringContaining('the store is away'),
    });
    expect(await asked(0)).toHaveLength(2);
  });

  it('closes when the calls made so far are answered', async () => {
    const { machine, models, asked } = await settled([60], 100);
    const answer = asked(0);
    await models[0]?.served.close();
    expect(await answer).toHaveLength(2);
    await expect(asked(0)).rejects.toMatchObject({ code: 'MODEL_CLOSED', status: 503 });
    expect(machine.loaded.size).toBe(0);
  });
});
