import { activityOf, narrate } from './narration';
import type { Observation } from './platform.observation';

const observation = (kind: string, data: object) => ({ kind, data }) as Observation;
const judged = (passed: boolean) =>
  observation('modelJudged', {
    ...{ role: 'candidate', attempt: 2, holdoutRows: 1339, verdict: { passed, threshold: 0.45 } },
    metrics: { f1: { value: 0.5182, low: 0.4, high: 0.6 } },
  });

it('tells a judgement with its interval and on which side of the gate it lies', () => {
  expect(narrate(judged(true))).toBe('candidate 2: F1 0.518 [0.400, 0.600] ≥ 0.45 on 1,339 held-out rows');
  expect(narrate(judged(false))).toContain('< 0.45');
});

it('tells what an attempt does and on how much', () => {
  const request = { attempt: 1, maxAttempts: 3, strategy: 'fine-tune', batches: ['a'] };
  expect(narrate(observation('retrainingRequested', request))).toBe(
    'attempt 1 of 3: fine-tune the serving model, 1 day of data',
  );
});

it('shows training in the progress line only', () => {
  const progress = observation('runProgressed', {
    ...{ attempt: 2, trial: 1, trials: 2, step: 5, steps: 10, rowsPerSecond: 4000 },
  });
  expect(narrate(progress)).toBeUndefined();
  expect(activityOf(progress)).toBe(`attempt 2, trial 1 of 2 ${'█'.repeat(10)}${'░'.repeat(10)} 50 %, 4,000 rows/s`);
});
