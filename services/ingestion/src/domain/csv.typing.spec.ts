import { csvTyping } from './csv.typing';

const typed = csvTyping([
  { name: 'n', type: 'number' },
  { name: 'i', type: 'integer' },
  { name: 'b', type: 'boolean' },
  { name: 'd', type: 'date' },
  { name: 'c', type: 'category' },
  { name: 's', type: 'string' },
] as never);

describe('the types of CSV fields', () => {
  it('are those that the columns declare', () => {
    expect(typed({ n: ' 1.5e3', i: '-2', b: 'TRUE', d: '2026-01-05 ', c: ' x', s: ' 1 ', extra: '1' })).toEqual({
      n: 1500,
      i: -2,
      b: true,
      d: '2026-01-05',
      c: 'x',
      s: ' 1 ',
      extra: '1',
    });
  });

  it('are null for empty fields, and text where the text is no value of the type', () => {
    expect(typed({ n: '', i: '1,5', b: 'maybe', s: '' })).toEqual({ n: null, i: '1,5', b: 'maybe', s: null });
  });
});
