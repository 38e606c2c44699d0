import { createHash } from 'node:crypto';
import { predictionsMadeV3, predictionsOf } from '@perennial/contracts';
import { inputs } from '../testing/fake.model';
import type { InputColumn, Row } from './prediction.request';
import { append, emptyBatch, type LoggedPrediction, publishedBatch, servedRow } from './logged.prediction';

const inputDigest = (row: Row, columns: readonly InputColumn[]) => servedRow(row, columns, 'digest').inputDigest;
const BATCH = '0194b2d0-11c2-4e41-8d5b-0a9c6f3e2000';
const made: LoggedPrediction = {
  ...{ version: 'v1', arm: 'candidate', experimentId: 'rollout-7', inputDigest: inputDigest({ age: 30 }, inputs) },
  ...{ probability: 0.25, prediction: 0, latencyMs: 1.23456, at: Date.parse('2026-01-02T03:00:00.000Z') },
};
function published(...predictions: LoggedPrediction[]) {
  const batch = emptyBatch(BATCH, 'credit');
  predictions.forEach((each) => append(batch, each));
  return publishedBatch(batch, 'replica-1');
}

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
    const batch = published({ ...made, ...served }, made);
    expect(predictionsMadeV3.schema.parse(batch)).toEqual(batch);
    expect(predictionsOf(batch).map((each) => each.inputs)).toEqual([served.inputs, undefined]);
  });

  it('keeps a row that is too large by its digest alone', () => {
    const row = { age: 1, sex: 'x'.repeat(20_000) };
    expect(servedRow(row, inputs, 'values')).toEqual({ inputDigest: inputDigest(row, inputs) });
  });

  it('is published in its batch, with the arm that answered', () => {
    const featureViews = ['people@v2', 'loans'];
    const stable = { ...made, arm: 'stable', version: 'v0', featureViews };
    const batch = published(made, stable, { ...made, featureViews: [] });
    expect(predictionsMadeV3.schema.parse(batch)).toEqual(batch);
    expect(batch).toMatchObject({ batchId: BATCH, pipeline: 'credit', replicaId: 'replica-1' });
    expect(batch.arms).toHaveLength(2);
    expect(batch.predictions).not.toHaveProperty('inputs');
    const { featureViews: _, ...logged } = stable;
    const told = { ...logged, latencyMs: 1.235, at: '2026-01-02T03:00:00.000Z' };
    const id = (place: number) => `${BATCH.slice(0, -1)}${place}`;
    expect(predictionsOf(batch)).toEqual([
      { ...told, arm: 'candidate', version: 'v1', predictionId: id(0) },
      { ...told, predictionId: id(1), featureViews },
      { ...told, arm: 'candidate', version: 'v1', predictionId: id(2), featureViews: [] },
    ]);
  });
});
