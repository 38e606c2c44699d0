import { setTimeout as pause } from 'node:timers/promises';
import { openModel } from '@perennial/model-runtime';
import { credit, creditModel, deployable, withThreshold } from '../testing/artifact.examples';
import { slotWith } from '../testing/fake.model';
import type { Serving } from './model.slot';
import type { Deployable } from './ports';

// Each model that is opened for the first time is tried in a process of its own.
jest.setTimeout(60_000);

/** Guarantee: no request fails while versions are swapped, and each answer is that of the version it names. */
describe('swapping real models under continuous requests', () => {
  it('answers every request over 20 swaps', async () => {
    const artifacts = [creditModel, withThreshold(creditModel, 0.9)];
    const slot = slotWith((bytes, identity) => openModel(bytes, identity));
    const bytesOf = (sequence: number) => artifacts[sequence % 2] as Uint8Array;
    slot.offer(deployable(1, bytesOf(1)));
    await slot.settled();

    let swapping = true;
    const failures: unknown[] = [];
    const versions = new Set<string>();
    const client = async () => {
      while (swapping) {
        try {
          const { probabilities, target, threshold } = await slot.predict(({ model, target }) => ({
            rows: credit.rows,
            answer: (probabilities) => ({ probabilities, target, threshold: model.decisionThreshold }),
          }));
          versions.add(target.version);
          probabilities.forEach((p, row) => expect(p).toBeCloseTo(credit.probabilities[row] as number, 5));
          expect(threshold).toBe(target.sequence % 2 === 1 ? 0.9 : 0.42);
        } catch (error) {
          failures.push(error);
        }
      }
    };
    const clients = Array.from({ length: 4 }, client);
    for (let sequence = 2; sequence <= 21; sequence += 1) {
      slot.offer(deployable(sequence, bytesOf(sequence)));
      await slot.settled();
    }
    swapping = false;
    await Promise.all(clients);
    await slot.close();
    expect(failures).toEqual([]);
    expect(versions.size).toBeGreaterThan(10);
    expect(slot.current()?.target.version).toBe('v21');
  }, 60_000);

  it('answers every request over 1,000 changes of traffic between versions that are loaded', async () => {
    const slot = slotWith((bytes, identity) => openModel(bytes, identity));
    const models = [creditModel, withThreshold(creditModel, 0.9)];
    const [first, second] = models.map((bytes, index) => deployable(1, bytes, `v${index}`));
    const traffic = (sequence: number): Deployable => {
      const [a, b] = sequence % 2 === 0 ? [first!, second!] : [second!, first!];
      const half = (from: number) => [{ from, to: from + 5_000 }];
      const arms = [a, b].map(({ target }, index) => ({
        ...target.arms[0]!,
        buckets: half(index * 5_000),
        weight: 50,
      }));
      const artifact = async (version: string) => models[Number(version.slice(1))]!;
      return { target: { ...a.target, rolloutId: 'r', sequence, arms }, artifact };
    };
    slot.offer(traffic(1));
    await slot.settled();
    let changing = true;
    let answered = 0;
    const failures: unknown[] = [];
    const client = async (name: string) => {
      for (let n = 0; changing; n += 1) {
        const use = ({ model, target }: Serving) => ({
          rows: credit.rows,
          answer: () => model.decisionThreshold === (target.version === 'v1' ? 0.9 : 0.42),
        });
        try {
          if (!(await slot.predict(use, { key: `${name}-${n}` }))) failures.push('another version answered');
          answered += 1;
        } catch (error) {
          failures.push(error);
        }
      }
    };
    const clients = ['a', 'b', 'c'].map(client);
    for (let sequence = 2; sequence <= 1_001; sequence += 1) {
      slot.offer(traffic(sequence));
      await slot.settled();
      await pause(1);
    }
    changing = false;
    await Promise.all(clients);
    expect(slot.traffic()?.target.sequence).toBe(1_001);
    expect(failures).toEqual([]);
    expect(answered).toBeGreaterThan(20);
    await slot.close();
  });
});
