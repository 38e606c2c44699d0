import { describeBrokerContract } from '@perennial/messaging/testing';
import { simulatedBrokerHarness } from '../testing/broker.harness';

let count = 0;

for (const seed of [1, 2, 3]) {
  describeBrokerContract(
    `simulated, seed ${seed}`,
    async () => simulatedBrokerHarness(seed),
    (prefix) => `${prefix}-${count++}`,
  );
}
