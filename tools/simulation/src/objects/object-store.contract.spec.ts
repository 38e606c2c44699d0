import { randomBytes } from 'node:crypto';
import { GridfsObjectStore } from '@perennial/object-store';
import { objectStoreContract } from '@perennial/object-store/testing';
import { mongo } from 'mongoose';
import { SimulatedDatabase } from '../database';
import { SteppingSimulator } from '../database/testing/stepping.simulator';
import { SimulatedObjects } from './simulated.objects';

/** Nothing reaches anything. */
function cutOff(): SteppingSimulator {
  const simulator = new SteppingSimulator(2);
  simulator.disturb = () => 'unreached';
  return simulator;
}

objectStoreContract('the simulated object store', async () => {
  const objects = new SimulatedObjects(new SteppingSimulator(1));
  return {
    store: objects.of('p'),
    corrupt: async (reference) => objects.replace(reference, randomBytes(reference.bytes)),
    unreachable: new SimulatedObjects(cutOff()).of('p'),
    unavailableCode: 'OBJECT_STORE_UNAVAILABLE',
  };
});

objectStoreContract('GridFS on the simulated database', async () => {
  const connection = new SimulatedDatabase(new SteppingSimulator(1)).connect('p');
  return {
    store: new GridfsObjectStore(connection),
    corrupt: async ({ bucket, fileId }) => {
      const chunks = connection.collection<{ _id: string }>(`${bucket}.chunks`);
      await chunks.updateOne({ _id: `${fileId}:0` }, { $set: { data: new mongo.Binary(randomBytes(255 * 1024)) } });
    },
    unreachable: new GridfsObjectStore(new SimulatedDatabase(cutOff()).connect('p', { serverSelectionTimeoutMs: 100 })),
    unavailableCode: 'DATABASE_UNAVAILABLE',
  };
});
