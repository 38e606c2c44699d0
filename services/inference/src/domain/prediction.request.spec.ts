import fc from 'fast-check';
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

  it('takes features by name, and lists of values in the order of the signature', () => {
    const body = { categorical_features: { sex: '2' }, numerical_features: { limit_bal: 20_000, age: 31 } };
    const row = { sex: '2', age: 31, limit_bal: 20_000 };
    expect(readRequest(body, inputs)).toEqual({ rows: [row], single: true });
    expect(readRequest({ instances: [[31, '2', 20_000], row] }, inputs)).toEqual({ rows: [row, row], single: false });
  });

  it('means the same rows in every form of MLflow', () => {
    const name = fc.constantFrom('age', 'sex', 'limit_bal', 'constructor', '__proto__');
    const cell = fc.oneof(fc.string(), fc.integer(), fc.constant(null));
    const table = fc.uniqueArray(name, { minLength: 1, maxLength: 4 }).chain((columns) =>
      fc.record({
        columns: fc.constant(columns),
        data: fc.array(fc.tuple(...columns.map(() => cell)), { minLength: 1, maxLength: 5 }),
      }),
    );
    fc.assert(
      fc.property(table, ({ columns, data }) => {
        const rows = data.map((row) => Object.fromEntries(columns.map((column, index) => [column, row[index]])));
        const byColumn = Object.fromEntries(columns.map((column, index) => [column, data.map((row) => row[index])]));
        for (const body of [
          { dataframe_records: rows },
          { dataframe_split: { columns, data } },
          { inputs: byColumn },
        ]) {
          expect(readRequest(body, inputs)).toEqual({ rows, single: false });
        }
      }),
    );
  });

  it.each([
    [null, 'body', /must be an object/],
    [[], 'body', /must be an object/],
    [{ instances: [] }, 'instances', /at least one/],
    [{ instances: {} }, 'instances', /list/],
    [{ instances: [{}, 3] }, 'instances[1]', /object/],
    [{}, 'body', /one form of/],
    [{ instances: [{}], inputs: {} }, 'body', /one form of/],
    [{ instances: [{}], params: { a: 1 } }, 'params', /empty/],
    [{ instances: [[1]] }, 'instances[0]', /3 values/],
    [{ inputs: { age: [1], sex: [] } }, 'sex', /list/],
    [{ inputs: { age: [1], sex: ['1', '2'] } }, 'sex', /1 values, as age has/],
    [{ dataframe_split: { columns: ['a', 'a'], data: [[1, 2]] } }, 'dataframe_split.columns', /once/],
    [{ dataframe_split: { columns: ['a'], data: [[1], 2] } }, 'dataframe_split.data[1]', /list/],
    [{ categorical_features: { gender: '1' } }, 'categorical_features', /columns of sex/],
    [{ numerical_features: { age: 1 }, categorical_features: ['1'] }, 'limit_bal', /null where not known/],
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

describe('a request whose features are looked up', () => {
  const lookup = { entities: ['user'], columns: ['age', 'sex'] };
  const read = (body: unknown) => readRequest(body, inputs, lookup);

  it('carries the entity, and leaves out what it likes', () => {
    expect(read({ entities: { user: 7 } })).toEqual({ rows: [{ user: 7 }], single: true });
    expect(read({ entities: { user: 7 }, numerical_features: { limit_bal: 5 } })).toEqual({
      rows: [{ user: 7, limit_bal: 5 }],
      single: true,
    });
    expect(read({ instances: [{ user: 7 }] })).toEqual({ rows: [{ user: 7 }], single: false });
    expect(read({ categorical_features: ['1'], numerical_features: [30, 5] })).toEqual({
      rows: [{ sex: '1', age: 30, limit_bal: 5 }],
      single: true,
    });
  });

  it.each([
    [{ entities: 7 }, 'entities', /object of user/],
    [{ entities: { user: 7, other: 1 } }, 'entities', /object of user/],
    [{ entities: { user: 7 }, instances: [{}] }, 'body', /one form of/],
    [{ entities: { user: 7 }, numerical_features: { age: 1 } }, 'limit_bal', /null where not known/],
    [{ entities: { user: 7 }, numerical_features: [30] }, 'numerical_features', /2 values/],
  ])('%j is refused', (body, input, rule) => {
    expect(read(body)).toMatchObject({ problem: { input, rule: expect.stringMatching(rule) } });
  });

  it('has no entities where nothing is looked up', () => {
    expect(readRequest({ entities: { user: 7 } }, inputs)).toMatchObject({ problem: { input: 'body' } });
  });
});
