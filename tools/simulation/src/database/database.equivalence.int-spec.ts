import fc from 'fast-check';
import { SimulatedDatabase } from './simulated.database';
import { answersTo } from './testing/operation.run';
import { operationSequence } from './testing/operation.sequence';
import { SteppingSimulator } from './testing/stepping.simulator';
import { openTestDatabase } from './testing/test.database';

/** Each takes about a quarter of a second. */
const runs = Math.min(Number(process.env.PROPERTY_RUNS ?? 30), 1_000);

describe('the simulated database answers as the real one', () => {
  let real: Awaited<ReturnType<typeof openTestDatabase>>;
  beforeAll(async () => {
    real = await openTestDatabase();
  }, 30_000);
  afterAll(() => real?.close(), 30_000);

  it('to sequences of the operations that stores use, in and outside transactions', async () => {
    await fc.assert(
      fc.asyncProperty(operationSequence, async (operations) => {
        const simulated = new SimulatedDatabase(new SteppingSimulator(1)).connect('p');
        const expected = await answersTo(real.connection, operations);
        expect(await answersTo(simulated, operations)).toEqual(expected);
      }),
      { numRuns: runs },
    );
  }, 1_200_000);
});
