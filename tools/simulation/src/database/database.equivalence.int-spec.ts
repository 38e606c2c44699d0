import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import mongoose, { type Connection } from 'mongoose';
import { SimulatedDatabase } from './simulated.database';
import { answersTo } from './testing/operation.run';
import { operationSequence } from './testing/operation.sequence';
import { SteppingSimulator } from './testing/stepping.simulator';

/** Each takes about a quarter of a second. */
const runs = Math.min(Number(process.env.PROPERTY_RUNS ?? 30), 1_000);

describe('the simulated database answers as the real one', () => {
  let real: Connection;
  beforeAll(async () => {
    const url = process.env.MONGO_URL;
    if (!url) throw new Error('MONGO_URL is not set: start the local stack');
    real = await mongoose.createConnection(url, { dbName: `equivalence-${randomUUID().slice(0, 8)}` }).asPromise();
  }, 30_000);
  afterAll(async () => {
    await real?.dropDatabase();
    await real?.close();
  }, 30_000);

  it('to sequences of the operations that stores use, in and outside transactions', async () => {
    await fc.assert(
      fc.asyncProperty(operationSequence, async (operations) => {
        const simulated = new SimulatedDatabase(new SteppingSimulator(1)).connect('p');
        const expected = await answersTo(real, operations);
        expect(await answersTo(simulated, operations)).toEqual(expected);
      }),
      { numRuns: runs },
    );
  }, 1_200_000);
});
