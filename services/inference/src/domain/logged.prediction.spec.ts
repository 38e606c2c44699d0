import { createHash } from 'node:crypto';
import { predictionsMadeV2 } from '@perennial/contracts';
import { inputs } from '../testing/fake.model';
import type { InputColumn, Row } from './prediction.request';
import { batchIdOf, predictionIdAt, publishedBatch, servedRow } from './logged.prediction';

const inputDigest = (row: Row, columns: readonly InputColumn[]) => servedRow(row, columns, 'digest').inputDigest;
const BATCH = '0194b2d0-11c2-4e41-8d5b-0a9c6f3e2000';

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

  it('holds the model inputs where these are logged, and no other column', () => {
    const row = { id: 'a', age: 30, sex: 'ä' };
    const served = servedRow(row, inputs, 'values');
    expect(served).toEqual({
      ...{ inputDigest: inputDigest(row, inputs), inputs: { age: 30, sex: 'ä', limit_bal: null } },
      inputBytes: Buffer.byteLength(JSON.stringify({ age: 30, sex: 'ä', limit_bal: null })),
    });
    expect(servedRow(row, inputs, 'digest')).toEqual({ inputDigest: served.inputDigest });
    const prediction = {
      ...served,
      predictionId: BATCH,
      version: 'v1',
      arm: 'a',
      experimentId: 'e',
      latencyMs: 1,
      at: 0,
    };
    const predictions = [{ ...prediction, probability: 0.5, prediction: 1 as const }];
    const batch = publishedBatch({ batchId: BATCH, pipeline: 'credit', predictions }, 'replica-1');
    expect(predictionsMadeV2.schema.parse(batch)).toEqual(batch);
    expect(batch.predictions[0]).toMatchObject({ inputs: served.inputs });
    expect(batch.predictions[0]).not.toHaveProperty('inputBytes');
  });

  it('keeps a row that is too large by its digest alone', () => {
    const row = { age: 1, sex: 'x'.repeat(20_000) };
    expect(servedRow(row, inputs, 'values')).toEqual({ inputDigest: inputDigest(row, inputs) });
  });

  it('is published in its batch, with the arm that answered', () => {
    const made = {
      version: 'v1',
      arm: 'candidate',
      experimentId: 'rollout-7',
      prediction: 0 as const,
      latencyMs: 1.23456,
    };
    const row = { probability: 0.25, at: Date.parse('2026-01-02T03:00:00.000Z') };
    const inputDigestOf = (age: number) => inputDigest({ age }, inputs);
    const predictions = [30, 31].map((age, place) => ({
      ...{ ...made, ...row, predictionId: predictionIdAt(BATCH, place), inputDigest: inputDigestOf(age) },
    }));
    Object.assign(predictions[1]!, { featureViews: ['people@v2', 'loans'] });
    const batch = publishedBatch({ batchId: BATCH, pipeline: 'credit', predictions }, 'replica-1');
    expect(predictionsMadeV2.schema.parse(batch)).toEqual(batch);
    expect(batch).toMatchObject({ batchId: BATCH, pipeline: 'credit', replicaId: 'replica-1' });
    expect(batch.predictions.map(({ featureViews }) => featureViews)).toEqual([undefined, ['people@v2', 'loans']]);
    expect(batch.predictions[1]).toMatchObject({ arm: 'candidate', latencyMs: 1.235, at: '2026-01-02T03:00:00.000Z' });
  });

  it.each([
    [0, '0194b2d0-11c2-4e41-8d5b-0a9c6f3e2000'],
    [31, '0194b2d0-11c2-4e41-8d5b-0a9c6f3e201f'],
    [999, '0194b2d0-11c2-4e41-8d5b-0a9c6f3e23e7'],
  ])('says by its id where it lies: place %i', (place, predictionId) => {
    expect(predictionIdAt(BATCH, place)).toBe(predictionId);
    expect(batchIdOf(predictionId)).toBe(BATCH);
  });

  it('of another origin stands alone', () => expect(batchIdOf('order-4711')).toBe('order-4711'));
});
