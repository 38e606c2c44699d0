import { parseArgs } from 'node:util';
import { type ChaosOrder, orderOf } from './chaos.order';
import type { ChaosScenario } from './chaos.scenario';
import { scenarioNamed, scenarioOf } from './registry';

function wholeNumber(name: string, text: string, least: number): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isSafeInteger(value) || value < least) {
    throw new RangeError(`${name} must be a whole number from ${least}, got "${text}"`);
  }
  return value;
}

export interface ChaosArguments {
  readonly list: boolean;
  readonly orders: readonly ChaosOrder[];
}

/**
 * `--seed N`, or `--from N --count M` for M seeds in a row; `--scenario NAME` gives all of them to one kind, otherwise
 * each seed names its own. @throws RangeError, TypeError for an unknown option
 */
export function chaosArguments(args: readonly string[], from: readonly ChaosScenario[]): ChaosArguments {
  const { values } = parseArgs({
    args: args.filter((each) => !/^--[a-z]+=$/.test(each)), // what make leaves empty
    options: {
      seed: { type: 'string' },
      from: { type: 'string' },
      count: { type: 'string' },
      scenario: { type: 'string' },
      list: { type: 'boolean', default: false },
    },
  });
  const first = wholeNumber('the seed', values.seed ?? values.from ?? '1', 0);
  const count = wholeNumber('--count', values.count ?? '1', 1);
  const seeds = Array.from({ length: count }, (_, index) => first + index);
  const kindOf = (seed: number) =>
    values.scenario === undefined ? scenarioOf(seed, from) : scenarioNamed(values.scenario, from);
  return { list: values.list, orders: values.list ? [] : seeds.map((seed) => orderOf(seed, kindOf(seed))) };
}
