import { SimulatedDatabase } from './simulated.database';
import { describeServerContract } from './testing/server.contract';
import { SteppingSimulator } from './testing/stepping.simulator';

describeServerContract('the simulated database', async () => {
  const connection = new SimulatedDatabase(new SteppingSimulator(1)).connect('p');
  return { connection, close: () => connection.close() };
});
