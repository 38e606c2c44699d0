import { coloured, plain, chooseStyle } from './style';
import { indented, pairs, table } from './table';

const rows = [
  { name: 'a', count: 12 },
  { name: 'longer', count: null },
];

describe('a table', () => {
  it('aligns columns, and shows a dash for what is absent', () => {
    const text = table(rows, [
      { title: 'NAME', value: ({ name }) => name },
      { title: 'COUNT', align: 'right', value: ({ count }) => count },
      { title: 'END', value: () => 'x' },
    ]);
    expect(text.split('\n')).toEqual(['NAME    COUNT  END', 'a          12  x', 'longer      -  x']);
  });

  it('does not count colour codes as width', () => {
    const text = table(rows, [
      { title: 'NAME', value: ({ name }) => coloured('good', name) },
      { title: 'END', value: () => 'x' },
    ]);
    const positions = text.split('\n').map((line) => line.replace(/\u001b\[\d+m/g, '').search(/END|x$/));
    expect(new Set(positions)).toEqual(new Set([8]));
  });

  it('has no blanks at the ends of lines', () => {
    expect(table([{ a: ' ' }], [{ title: 'LONG TITLE', value: ({ a }) => a }]).split('\n')[1]).toBe('');
  });
});

it('pairs align their names, and indentation leaves empty lines alone', () => {
  expect(
    pairs([
      ['a', 1],
      ['long', undefined],
    ]),
  ).toBe('a     1\nlong  -');
  expect(indented('a\n\nb')).toBe('  a\n\n  b');
});

describe('the style', () => {
  it.each([
    ['on a terminal', {}, true, coloured],
    ['elsewhere', {}, false, plain],
    ['with NO_COLOR', { NO_COLOR: '1' }, true, plain],
    ['with an empty NO_COLOR', { NO_COLOR: '' }, true, coloured],
    ['on a dumb terminal', { TERM: 'dumb' }, true, plain],
    ['with FORCE_COLOR', { FORCE_COLOR: '1' }, false, coloured],
  ])('%s', (_case, environment, isTerminal, expected) => {
    expect(chooseStyle(environment, isTerminal)).toBe(expected);
  });
});
