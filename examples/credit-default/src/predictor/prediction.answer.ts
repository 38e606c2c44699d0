import type { PredictionOutcome } from './prediction.tally';

interface Answer {
  readonly prediction?: unknown;
  readonly probability?: unknown;
  readonly model_version?: unknown;
}

const isProbability = (value: unknown): value is number => typeof value === 'number' && value >= 0 && value <= 1;

/** An answer counts when it is complete and within its ranges, not merely when its status is 200. */
export function judgeAnswer(status: number, body: string): PredictionOutcome {
  if (status !== 200) return { failure: `status ${status}` };
  let answer: Answer;
  try {
    answer = JSON.parse(body) as Answer;
  } catch {
    return { failure: 'not JSON' };
  }
  const { prediction, probability, model_version: version } = answer ?? {};
  if (prediction !== 0 && prediction !== 1) return { failure: `prediction ${JSON.stringify(prediction)}` };
  if (!isProbability(probability)) return { failure: `probability ${JSON.stringify(probability)}` };
  if (typeof version !== 'string' || version === '') return { failure: 'no model version' };
  return { version };
}
