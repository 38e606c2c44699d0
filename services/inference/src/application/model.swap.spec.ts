import { openModel } from '@perennial/model-runtime';
import { credit, creditModel, deployable, withThreshold } from '../testing/artifact.examples';
import { slotWith } from '../testing/fake.model';

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
});
