import { predictionMadeV2 } from '@perennial/contracts';
import { inputs } from '../testing/fake.model';
import { inputDigest, predictionMade } from './logged.prediction';

describe('a logged prediction', () => {
  it('tells rows apart by the values of the model inputs only', () => {
    const digest = inputDigest({ age: 30, sex: '1', limit_bal: 5, id: 'a' }, inputs);
    expect(inputDigest({ id: 'b', limit_bal: 5, sex: '1', age: 30 }, inputs)).toBe(digest);
    expect(inputDigest({ limit_bal: 5, sex: '2', age: 30 }, inputs)).not.toBe(digest);
    expect(inputDigest({ limit_bal: 5, sex: '1', age: null }, inputs)).toBe(
      inputDigest({ limit_bal: 5, sex: '1' }, inputs),
    );
  });

  it('is published without the values', () => {
    const made = predictionMade(
      {
        predictionId: 'p',
        pipeline: 'credit',
        version: 'v1',
        arm: 'candidate',
        experimentId: 'rollout-7',
        inputs,
        row: { age: 30 },
        probability: 0.25,
        prediction: 0,
        latencyMs: 1.23456,
        at: Date.parse('2026-01-02T03:00:00.000Z'),
      },
      'replica-1',
    );
    expect(predictionMadeV2.schema.parse(made)).toEqual(made);
    expect(made).toMatchObject({
      latencyMs: 1.235,
      at: '2026-01-02T03:00:00.000Z',
      replicaId: 'replica-1',
      arm: 'candidate',
    });
    expect(Object.keys(made)).not.toContain('row');
  });
});
