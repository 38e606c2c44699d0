import { kafkaConfigSchema } from '@perennial/messaging-kafka';
import { History } from '../platform/history';
import { PlatformUnderTest } from '../platform/platform.under.test';
import type { Stage } from '../scenario/stage';
import { valvePipeline } from '../story/valve.pipeline';
import { type ChaosOrder, type StageOrders, stagesOf } from './chaos.order';
import { problemsOf } from './chaos.verdict';

export interface ChaosVerdict {
  readonly seed: number;
  readonly scenario: string;
  readonly seconds: number;
  /** None: as it must be. */
  readonly problems: readonly string[];
}

export interface RunnerOptions {
  /** Takes whole lines. */
  print(line: string): void;
  /** Runs of one stage at a time. */
  readonly concurrency: number;
  /** Of the machine's platforms at a time. */
  readonly stages: number;
}

/** What a machine of two processors carries. */
export const ordinaryLoad = { concurrency: 5, stages: 2 } as const;

/** In the order given, at most `limit` at a time. */
async function inPool<T, R>(values: readonly T[], limit: number, work: (value: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let index = next++; index < values.length; index = next++) results[index] = await work(values[index]!);
  };
  await Promise.all(Array.from({ length: Math.min(limit, values.length) }, worker));
  return results;
}

const pipelinesOf = ({ scenario, pipeline }: ChaosOrder): Readonly<Record<string, string>> =>
  scenario.pipelines?.(pipeline) ?? { [pipeline]: valvePipeline(pipeline) };

const elapsed = (since: number): number => Math.round((performance.now() - since) / 100) / 10;

/** A run is judged whatever happens in it: what it throws is its problem. */
async function perform(order: ChaosOrder, stage: Stage, { print }: RunnerOptions): Promise<ChaosVerdict> {
  const { seed, scenario, plan, pipeline } = order;
  const startedAt = performance.now();
  const log = (line: string) => print(`[${pipeline} +${elapsed(startedAt).toFixed(1)} s] ${line}`);
  log(`${scenario.describes}; plan ${JSON.stringify(plan)}`);
  let problems: string[];
  try {
    const result = await scenario.run({ seed, plan, stage, pipeline, log });
    for (const rule of result.exceptions ?? []) log(`not asked for here: ${rule}`);
    problems = problemsOf(result);
  } catch (error) {
    problems = [error instanceof Error ? (error.stack ?? error.message) : String(error)];
  }
  const seconds = elapsed(startedAt);
  log(problems.length === 0 ? `as it must be, after ${seconds} s` : `FAILED after ${seconds} s`);
  for (const problem of problems) log(`problem: ${problem}`);
  if (problems.length > 0)
    log(`logs: ${stage.platform.logs}; again: make chaos SEED=${seed} SCENARIO=${scenario.name}`);
  return { seed, scenario: scenario.name, seconds, problems };
}

async function performStage(
  { stage: definition, waves }: StageOrders,
  options: RunnerOptions,
): Promise<ChaosVerdict[]> {
  const orders = waves.flat();
  const startedAt = performance.now();
  const pipelines = Object.assign({}, ...orders.map(pipelinesOf)) as Record<string, string>;
  const platform = await PlatformUnderTest.start(pipelines, definition);
  options.print(`stage ${definition.name}: up after ${elapsed(startedAt)} s under ${platform.home}`);
  let verdicts: ChaosVerdict[] = [];
  try {
    const kafka = kafkaConfigSchema.parse({ brokers: [platform.addresses.kafka] });
    const history = await History.start(kafka);
    try {
      for (const wave of waves) {
        const done = await inPool(wave, options.concurrency, (each) =>
          perform(each, { platform, history, kafka }, options),
        );
        verdicts = [...verdicts, ...done];
      }
    } finally {
      await history.stop();
    }
  } finally {
    const keepHome = verdicts.length < orders.length || verdicts.some(({ problems }) => problems.length > 0);
    await platform.stop({ keepHome });
    options.print(`stage ${definition.name}: over after ${elapsed(startedAt)} s`);
  }
  return verdicts;
}

/** Every run that was ordered, in the order given. A stage that cannot be set up fails its runs. */
export async function runChaos(orders: readonly ChaosOrder[], options: RunnerOptions): Promise<ChaosVerdict[]> {
  const done = await inPool(stagesOf(orders), options.stages, async (stage) => {
    try {
      return await performStage(stage, options);
    } catch (error) {
      options.print(`stage ${stage.stage.name} failed: ${String(error instanceof Error ? error.stack : error)}`);
      return stage.waves
        .flat()
        .map(({ seed, scenario }) => ({ seed, scenario: scenario.name, seconds: 0, problems: [String(error)] }));
    }
  });
  const all = done.flat();
  return orders.map(({ seed, scenario }) => all.find((each) => each.seed === seed && each.scenario === scenario.name)!);
}
