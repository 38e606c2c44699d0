import { judgeAnswer } from './prediction.answer';
import { predictionRequest } from './prediction.request';
import { emptyTally, tally } from './prediction.tally';

const good = { prediction: 1, probability: 0.7, model_version: '20260101_000000' };

it('sends values in the order of the signature, texts first', () => {
  const inputs = [
    { name: 'age', type: 'number' },
    { name: 'sex', type: 'string' },
    { name: 'limit_bal', type: 'number' },
  ];
  expect(predictionRequest({ limit_bal: 5, sex: 2, age: 30 }, inputs)).toEqual({
    categorical_features: ['2'],
    numerical_features: [30, 5],
  });
});

describe('an answer', () => {
  it('counts for the version that gave it', () => {
    expect(judgeAnswer(200, JSON.stringify(good))).toEqual({ version: '20260101_000000' });
  });

  it.each([
    [503, '{}', 'status 503'],
    [200, 'oops', 'not JSON'],
    [200, 'null', 'prediction undefined'],
    [200, JSON.stringify({ ...good, prediction: 2 }), 'prediction 2'],
    [200, JSON.stringify({ ...good, probability: 1.5 }), 'probability 1.5'],
    [200, JSON.stringify({ ...good, probability: null }), 'probability null'],
    [200, JSON.stringify({ ...good, model_version: '' }), 'no model version'],
  ])('%s %s is a failure: %s', (status, body, failure) => {
    expect(judgeAnswer(status, body)).toEqual({ failure });
  });
});

it('counts answers by version and failures by reason', () => {
  const outcomes = [{ version: 'a' }, { version: 'b' }, { failure: 'status 503' }, { version: 'b' }];
  expect(outcomes.reduce(tally, emptyTally)).toEqual({
    ...{ answered: 3, failed: 1 },
    ...{ versions: { a: 1, b: 2 }, reasons: { 'status 503': 1 } },
  });
});
