import { Screen } from './screen';

const shown = (isTTY: boolean): string => {
  let text = '';
  const screen = new Screen({ isTTY, columns: 9, write: (more) => (text += more) }, () => 1.25);
  screen.show('training …');
  screen.event('done');
  screen.show('');
  return text;
};

it('keeps lines and redraws the progress line below them, cut to the width', () => {
  const clear = '\r\u001b[2K';
  expect(shown(true)).toBe(`${clear}training${clear}   1.3 s  done\n${clear}training${clear}`);
});

it('writes only lines where there is no terminal', () => {
  expect(shown(false)).toBe('   1.3 s  done\n');
});
