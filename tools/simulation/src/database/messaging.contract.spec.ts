import { describeMessagingContract } from '@perennial/messaging-mongo/testing';
import { SimulatedDatabase } from './simulated.database';
import { SteppingSimulator } from './testing/stepping.simulator';

for (const seed of [1, 2]) {
  describeMessagingContract(`the simulated database, seed ${seed}`, async () => {
    const connection = new SimulatedDatabase(new SteppingSimulator(seed)).connect('service');
    return { connection, close: () => connection.close() };
  });
}
