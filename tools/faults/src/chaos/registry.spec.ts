import { orderOf, stagesOf } from './chaos.order';
import { chaosArguments } from './chaos.arguments';
import { scenarioNamed, scenarioOf, scenarios, wheelOf } from './registry';

const thirty = (from: number) => Array.from({ length: 30 }, (_, index) => scenarioOf(from + index).name);

describe('the scenarios', () => {
  it('all come up in any thirty seeds in a row', () => {
    const names = scenarios.map(({ name }) => name).sort();
    expect(wheelOf(scenarios).length).toBeLessThanOrEqual(30);
    for (const from of [0, 1, 17, 1000]) expect([...new Set(thirty(from))].sort()).toEqual(names);
  });

  it('plan the same for the same seed, as JSON', () => {
    for (const scenario of scenarios) {
      const { plan } = orderOf(11, scenario);
      expect(JSON.parse(JSON.stringify(plan))).toEqual(plan);
      expect(orderOf(11, scenario).plan).toEqual(plan);
    }
  });

  it('have names of their own, fit for pipelines', () => {
    expect(new Set(scenarios.map(({ name }) => name)).size).toBe(scenarios.length);
    for (const { name } of scenarios) expect(name).toMatch(/^[a-z][a-z-]*$/);
  });

  it('are refused by a name that there is not', () => {
    expect(() => scenarioNamed('flood')).toThrow(/no scenario "flood"; there are/);
    expect(() => scenarioOf(-1)).toThrow(/seed/);
  });
});

describe('waves', () => {
  it('keep apart what must not be together, and lose no run', () => {
    const orders = Array.from({ length: 60 }, (_, seed) => orderOf(seed, scenarioOf(seed)));
    const stages = stagesOf(orders);
    expect(stages.flatMap(({ waves }) => waves.flat()).length).toBe(60);
    for (const wave of stages.flatMap(({ waves }) => waves)) {
      const kinds = new Set(wave.map(({ scenario }) => scenario.name));
      if (kinds.size > 1) expect(wave.every(({ scenario }) => scenario.company === 'shared')).toBe(true);
      if (wave.some(({ scenario }) => scenario.company === 'alone')) expect(wave).toHaveLength(1);
    }
  });
});

describe('arguments', () => {
  const parse = (...args: string[]) => chaosArguments(args, scenarios).orders.map(({ pipeline }) => pipeline);

  it('name one seed, or several in a row', () => {
    expect(parse('--seed', '7')).toEqual([`${scenarioOf(7).name}-7`]);
    expect(parse('--from', '3', '--count', '2')).toEqual([`${scenarioOf(3).name}-3`, `${scenarioOf(4).name}-4`]);
    expect(parse('--scenario', 'kills', '--seed', '9')).toEqual(['kills-9']);
    expect(parse('--seed=5', '--scenario=', '--count=')).toEqual([`${scenarioOf(5).name}-5`]);
  });

  it('are refused where they are no numbers or nothing known', () => {
    expect(() => parse('--seed', 'x')).toThrow(/the seed must be a whole number from 0, got "x"/);
    expect(() => parse('--count', '0')).toThrow(/--count/);
    expect(() => parse('--scenario', 'flood')).toThrow(/no scenario/);
    expect(() => parse('--sead', '1')).toThrow();
  });
});
