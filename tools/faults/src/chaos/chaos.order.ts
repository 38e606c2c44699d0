import type { ChaosScenario } from './chaos.scenario';
import type { StageDefinition } from './stage.definition';
import { randomOf } from './random';

/** One run to be made: all that is decided before anything starts. */
export interface ChaosOrder {
  readonly seed: number;
  readonly scenario: ChaosScenario;
  readonly plan: unknown;
  readonly pipeline: string;
}

export const orderOf = (seed: number, scenario: ChaosScenario): ChaosOrder => ({
  seed,
  scenario,
  plan: scenario.plan(randomOf(seed, scenario.name)),
  pipeline: `${scenario.name}-${seed}`,
});

/** Runs of one stage that may be under way at the same time. */
export type Wave = readonly ChaosOrder[];

export interface StageOrders {
  readonly stage: StageDefinition;
  /** One after the other. */
  readonly waves: readonly Wave[];
}

const waveOf = ({ scenario, pipeline }: ChaosOrder): string =>
  ({ shared: 'shared', kind: `kind ${scenario.name}`, alone: `alone ${pipeline}` })[scenario.company];

function grouped<T>(values: readonly T[], keyOf: (value: T) => string): T[][] {
  const groups = new Map<string, T[]>();
  for (const value of values) groups.set(keyOf(value), [...(groups.get(keyOf(value)) ?? []), value]);
  return [...groups.values()];
}

/** Every order in one wave of its stage, in the order given. */
export const stagesOf = (orders: readonly ChaosOrder[]): StageOrders[] =>
  grouped(orders, ({ scenario }) => scenario.stage.name).map((own) => ({
    stage: own[0]!.scenario.stage,
    waves: grouped(own, waveOf),
  }));
