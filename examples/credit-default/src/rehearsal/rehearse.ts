import type { Table } from '@perennial/columns';
import { attemptOf, type Pipeline } from '@perennial/pipeline';
import { fit } from '@perennial/preprocessing-steps';
import type { CreditRecord } from '../data/credit.record';
import { type DaySizes, planDays } from '../days/day.plan';
import { rawTable } from './encoded.day';
import { RehearsalEngine, type RehearsedModel } from './engine';

export interface RehearsedDay {
  readonly day: string;
  readonly incumbent: number;
  /** Scores of the attempts that were made, in order. */
  readonly attempts: readonly number[];
  readonly verdict: 'kept' | 'promoted' | 'exhausted';
}

interface Stage {
  readonly pipeline: Pipeline;
  readonly engine: RehearsalEngine;
  readonly known: Table[];
  readonly seed: number;
}

const windowOf = (known: readonly Table[], days: number | 'all') => (days === 'all' ? known : known.slice(-days));

async function candidateOf(stage: Stage, number: number, incumbent: RehearsedModel): Promise<RehearsedModel> {
  const { pipeline, engine, known } = stage;
  const attempt = attemptOf(pipeline, number);
  const days = windowOf(known, attempt.window.days);
  const seed = stage.seed + known.length * 10 + number;
  if (attempt.strategy === 'train') return engine.train({ days, ...attempt, seed });
  if (attempt.strategy === 'fine-tune') return engine.train({ days, ...attempt, seed, from: incumbent });
  if (attempt.strategy === 'search') throw new RangeError('a rehearsal does not search: search.main.ts does');
  const { learningRates, epochs } = attempt.search;
  const trials: RehearsedModel[] = [];
  for (const learningRate of learningRates) {
    for (const count of epochs)
      trials.push(await engine.train({ days, epochs: count, learningRate, seed, from: incumbent }));
  }
  return trials.reduce((best, trial) => (trial.validationF1 > best.validationF1 ? trial : best));
}

async function improve(stage: Stage, today: Table, model: RehearsedModel, incumbent: number) {
  const { gate, improvement } = stage.pipeline;
  const attempts: number[] = [];
  for (let number = 1; number <= improvement.maxAttempts; number++) {
    const candidate = await candidateOf(stage, number, model);
    const f1 = await stage.engine.f1(candidate, today);
    attempts.push(f1);
    if (f1 >= gate.threshold && f1 > incumbent) return { attempts, promoted: candidate };
  }
  return { attempts, promoted: undefined };
}

/** The four days as the platform would live them, for one order of the clients and one seed of training. */
export async function* rehearse(
  records: readonly CreditRecord[],
  pipeline: Pipeline,
  sizes: DaySizes,
  seed: number,
): AsyncGenerator<RehearsedDay> {
  const [reference, ...days] = planDays(records, sizes, seed).map((day) => ({ ...day, raw: rawTable(day, pipeline) }));
  if (!reference) return;
  const engine = new RehearsalEngine(pipeline, fit(reference.raw, pipeline));
  const stage: Stage = { pipeline, engine, known: [reference.raw], seed };
  let serving = await engine.train({ days: [reference.raw], ...pipeline.training, seed });
  yield { day: reference.day, incumbent: await engine.f1(serving, reference.raw), attempts: [], verdict: 'promoted' };
  for (const { day, raw } of days) {
    stage.known.push(raw);
    const incumbent = await engine.f1(serving, raw);
    if (incumbent >= pipeline.gate.threshold) {
      yield { day, incumbent, attempts: [], verdict: 'kept' };
      continue;
    }
    const { attempts, promoted } = await improve(stage, raw, serving, incumbent);
    serving = promoted ?? serving;
    yield { day, incumbent, attempts, verdict: promoted ? 'promoted' : 'exhausted' };
  }
}
