import { type ChaosVerdict, ordinaryLoad, runChaos } from './chaos/chaos.runner';
import { orderOf } from './chaos/chaos.order';
import { summaryOf } from './chaos/chaos.summary';
import { scenarioOf } from './chaos/registry';

/** Thirty in a row: every scenario comes up, as often as its weight. */
const seeds = Array.from({ length: 30 }, (_, index) => index + 1);
const orders = seeds.map((seed) => orderOf(seed, scenarioOf(seed)));

const print = (line: string): void => void process.stdout.write(`${line}\n`);

describe('the loop under real faults', () => {
  jest.setTimeout(3_600_000);
  let verdicts: ChaosVerdict[];

  beforeAll(async () => {
    print(`seeds ${orders.map(({ seed, scenario }) => `${seed} ${scenario.name}`).join(', ')}`);
    verdicts = await runChaos(orders, { print, ...ordinaryLoad });
    print(summaryOf(verdicts));
  });

  it.each(orders.map(({ seed, scenario: { name, describes } }) => [seed, name, describes]))(
    'seed %i, %s: %s',
    (seed) => {
      expect(verdicts.find((verdict) => verdict.seed === seed)?.problems).toEqual([]);
    },
  );
});
