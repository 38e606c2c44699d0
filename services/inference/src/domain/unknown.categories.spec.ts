import { unknownCategory } from './unknown.categories';

const categories = new Map([['sex', new Set(['1', '2'])]]);

describe('an unknown category', () => {
  it('is the first value that the model has not seen', () => {
    expect(unknownCategory([{ sex: '2' }, { sex: '9', age: 3 }], categories)).toEqual({
      ...{ row: 1, input: 'sex', value: '9', rule: 'must be a known category: 1, 2' },
    });
  });

  it.each([[{ sex: 1 }], [{ sex: null }], [{ sex: '' }], [{}], [{ sex: '1', age: 'x' }]])(
    'is none in %j: numbers are categories as text, missing values are none',
    (row) => expect(unknownCategory([row], categories)).toBeNull(),
  );

  it('is told with the first of many known ones', () => {
    const many = new Map([['city', new Set(Array.from({ length: 30 }, (_, i) => `c${i}`))]]);
    expect(unknownCategory([{ city: 'x' }], many)?.rule).toMatch(/c0, .*c19 and 10 more$/);
  });
});
