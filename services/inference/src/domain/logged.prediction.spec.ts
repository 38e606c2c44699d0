import { createHash } from 'node:crypto';
import { predictionsMadeV1 } from '@perennial/contracts';
import { inputs } from '../testing/fake.model';
import { inputDigest, predictionBatches } from './logged.prediction';

const made = (predictionId: string, pipeline: string, at = '2026-01-02T03:00:00.000Z') => ({
  ...{ predictionId, pipeline, version: 'v1', inputDigest: inputDigest({ age: 30 }, inputs) },
  ...{ probability: 0.25, prediction: 0 as const, latencyMs: 1.23456, at: Date.parse(at) },
});

describe('a logged prediction', () => {
  it('tells rows apart by the values of the model inputs only', () => {
    const digest = inputDigest({ age: 30, sex: '1', limit_bal: 5, id: 'a' }, inputs);
    expect(digest).toBe(`sha256:${createHash('sha256').update('[30,"1",5]').digest('hex')}`);
    expect(inputDigest({ id: 'b', limit_bal: 5, sex: '1', age: 30 }, inputs)).toBe(digest);
    expect(inputDigest({ limit_bal: 5, sex: '2', age: 30 }, inputs)).not.toBe(digest);
    expect(inputDigest({ limit_bal: 5, sex: '1', age: null }, inputs)).toBe(
      inputDigest({ limit_bal: 5, sex: '1' }, inputs),
    );
  });

  it('is published with others of its pipeline', () => {
    const batches = predictionBatches([made('a', 'credit'), made('b', 'churn'), made('c', 'credit')], 'replica-1');
    expect(batches.map((batch) => predictionsMadeV1.schema.parse(batch))).toEqual(batches);
    expect(batches.map(({ batchId, pipeline }) => ({ batchId, pipeline }))).toEqual([
      { batchId: 'a', pipeline: 'credit' },
      { batchId: 'b', pipeline: 'churn' },
    ]);
    const [first] = batches;
    expect(first?.predictions.map(({ predictionId }) => predictionId)).toEqual(['a', 'c']);
    expect(first?.predictions[0]).toMatchObject({ latencyMs: 1.235, at: '2026-01-02T03:00:00.000Z' });
  });
});
