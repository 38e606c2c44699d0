import { inputs } from '../testing/fake.model';
import { readRequest } from './prediction.request';

describe('a prediction request', () => {
  it('takes feature lists in the order of the signature, strings apart from the rest', () => {
    const body = { categorical_features: ['2'], numerical_features: [31, 20_000] };
    expect(readRequest(body, inputs)).toEqual({ rows: [{ sex: '2', age: 31, limit_bal: 20_000 }], single: true });
  });

  it('takes instances as they are', () => {
    const instances = [{ sex: 1, age: null }, {}];
    expect(readRequest({ instances }, inputs)).toEqual({ rows: instances, single: false });
  });

  it('takes a missing list for an empty one', () => {
    const numeric = inputs.filter(({ type }) => type !== 'string');
    expect(readRequest({ numerical_features: [31, 1] }, numeric)).toMatchObject({ rows: [{ age: 31, limit_bal: 1 }] });
  });

  it.each([
    [null, 'body', /must be an object/],
    [[], 'body', /must be an object/],
    [{ instances: [] }, 'instances', /at least one/],
    [{ instances: {} }, 'instances', /list/],
    [{ instances: [{}, 3] }, 'instances[1]', /object/],
    [{ categorical_features: 'x' }, 'categorical_features', /list/],
    [{ categorical_features: [], numerical_features: [1, 2] }, 'categorical_features', /1 values \(sex\), has 0/],
    [
      { categorical_features: ['1'], numerical_features: [1, 2, 3] },
      'numerical_features',
      /2 values \(age, limit_bal\), has 3/,
    ],
  ])('%j is refused, naming the input and the rule', (body, input, rule) => {
    expect(readRequest(body, inputs)).toMatchObject({ problem: { input, rule: expect.stringMatching(rule) } });
  });
});
