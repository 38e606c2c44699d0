import { checkLightGbmConfig, lightGbmConfig, type LightGbmParameters, parameterText } from './lightgbm.config';
import { shapes } from './testing/shape.rows';

const config = (given: Partial<LightGbmParameters> = {}) => lightGbmConfig(shapes, given);

it('takes the features from preprocessing and what is not given from LightGBM', () => {
  expect(config({ numLeaves: 7 })).toMatchObject({
    kind: 'lightgbm',
    numLeaves: 7,
    numIterations: 100,
    learningRate: 0.1,
    categoricalSplits: 'native',
    numeric: ['x', 'y', 'z'],
  });
  expect(config().categorical.map(({ feature, cardinality }) => [feature, cardinality])).toEqual([
    ['colour', 4],
    ['shape', 3],
  ]);
});

it.each([
  ['numLeaves', 1, 'must be an integer from 2 up to 131072'],
  ['numIterations', 2.5, 'must be an integer from 1 up to 2147483647'],
  ['learningRate', 0, 'must be a number above 0'],
  ['featureFraction', 1.01, 'must be a number above 0 up to 1'],
  ['lambdaL2', NaN, 'must be a number from 0'],
  ['lambdaL1', Infinity, 'must be a number from 0'],
  ['earlyStoppingRound', -1, 'must be an integer from 0 up to 2147483647'],
  ['categoricalSplits', 'ordered', 'must be native or codes'],
])('refuses %s = %p, naming it and the rule', (field, value, rule) => {
  const given = { [field]: value } as Partial<LightGbmParameters>;
  expect(() => config(given)).toThrow(`model.${field} is ${typeof value === 'number' ? value : `"${value}"`}: ${rule}`);
  expect(() => config(given)).toThrow(
    expect.objectContaining({ code: 'model.invalid-config', details: { field, value, rule } }),
  );
});

it('refuses a parameter that it does not know, and a model without features', () => {
  expect(() => config({ leaves: 3 } as object)).toThrow(/model.leaves is 3: there is no such parameter/);
  expect(() => checkLightGbmConfig({ ...config(), categorical: [], numeric: [] })).toThrow(/at least one feature/);
});

it('names the parameters as LightGBM does', () => {
  const text = parameterText(config({ catL2: 3, maxCatToOnehot: 2, lambdaL2: 0.5 }), -1).split(' ');
  expect(text).toEqual(
    expect.arrayContaining([
      'objective=binary',
      'num_threads=1',
      'seed=2147483647',
      'categorical_feature=0,1',
      'cat_l2=3',
      'max_cat_to_onehot=2',
      'lambda_l2=0.5',
      'min_data_in_leaf=20',
    ]),
  );
  expect(parameterText(config({ categoricalSplits: 'codes' }), 1)).not.toContain('categorical_feature');
});
