import { durationText, instantText, scoreText } from './figures';
import { readableLog, startFailure, startFailureIn } from './log.lines';
import { ProgressBar, progressLine } from './progress.bar';
import { withoutPassword } from './connection.text';
import { csvField, csvLines } from './record.lines';

describe('figures', () => {
  it('scores show three digits, and their interval where asked for and known', () => {
    const score = { value: 0.5118, low: 0.4801, high: 0.5412 };
    expect(scoreText(score)).toBe('0.512');
    expect(scoreText(score, { interval: true })).toBe('0.512 [0.480, 0.541]');
    expect(scoreText({ value: null, low: null, high: null }, { interval: true })).toBe('-');
    expect(scoreText(undefined)).toBe('-');
    expect(scoreText(0.5)).toBe('0.500');
  });

  it.each([
    [1_234, '1.2 s'],
    [45_000, '45 s'],
    [600_000, '10 min'],
    [7_200_000, '2 h'],
    [259_200_000, '3 days'],
  ])('%d ms is %s', (milliseconds, text) => expect(durationText(milliseconds)).toBe(text));

  it('instants are UTC to the second', () => {
    expect(instantText('2026-01-02T03:04:05.678Z')).toBe('2026-01-02 03:04:05Z');
    expect(instantText(undefined)).toBe('-');
    expect(instantText('soon')).toBe('soon');
  });
});

describe('the progress bar', () => {
  it('fits its width and says share and counts', () => {
    const line = progressLine('day', 500, 1000, 60);
    expect([...line].length).toBeLessThanOrEqual(60);
    expect(line).toMatch(/^day █+░+  50 %  500 of 1,000$/);
    expect(progressLine('day', 5, 0, 60)).toContain('100 %');
    expect(progressLine('day', 1, 2, 10)).not.toContain('█');
  });

  it('writes nothing unless it is on a terminal', () => {
    const written: string[] = [];
    const stream = (isTTY: boolean) => ({ isTTY, columns: 60, write: (text: string) => written.push(text) });
    const silent = new ProgressBar(stream(false), 'day', 10);
    silent.update(5);
    silent.clear();
    expect(written).toEqual([]);
    const bar = new ProgressBar(stream(true), 'day', 10);
    bar.update(5);
    bar.update(5);
    bar.clear();
    expect(written).toHaveLength(2);
  });
});

it('structured log lines become readable, repeated ones are shown once, others stay', () => {
  const line = JSON.stringify({ level: 'error', service: 'trainer', msg: 'failed', err: { message: 'no rows' } });
  expect(readableLog(`${line}\n${line}\nplain\n{broken`)).toBe('error trainer: failed: no rows\nplain\n{broken');
});

it('of a log with a failed start only what it says of it is shown', () => {
  const said = `${startFailure('trainer', 'invalid configuration')}\n  LOG_LEVEL: must be one of …`;
  expect(startFailureIn(`Error: x\n    at y {\n  code: 1\n}\n${said}\n`)).toBe(said);
  expect(startFailureIn('killed')).toBe('killed');
});

it('passwords in connection strings are hidden', () => {
  expect(withoutPassword('mongodb://ann:s3cret@db:27017/x?a=b')).toBe('mongodb://ann:***@db:27017/x?a=b');
  expect(withoutPassword('mongodb://db:27017/x')).toBe('mongodb://db:27017/x');
});

it('CSV fields are quoted where they must be', () => {
  expect(['a', 'a,b', 'say "x"', 'l\nb', null, true, 1.5].map(csvField)).toEqual([
    'a',
    '"a,b"',
    '"say ""x"""',
    '"l\nb"',
    '',
    'true',
    '1.5',
  ]);
  expect([...csvLines(['b', 'a'], [{ a: 1, b: null }])]).toEqual(['b,a', ',1']);
});
