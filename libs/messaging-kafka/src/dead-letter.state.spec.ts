import type { Redrive, StoredDeadLetter } from './dead-letter.record';
import { isUnresolved, withStates } from './dead-letter.state';

const letter = (id: string, redriveOf: string | null = null) => ({ id, redriveOf }) as StoredDeadLetter;
const redrive = (name: string, offset: number, group = 'g'): Redrive => {
  return { letter: name, group, topic: 't.retry', partition: 0, offset: BigInt(offset) };
};
const committedBy = (offsets: Record<string, number>) => (group: string) =>
  group in offsets ? BigInt(offsets[group]!) : null;
const states = (...args: Parameters<typeof withStates>) => withStates(...args).map(({ id, state }) => [id, state]);

describe('what became of dead letters', () => {
  it('is told by redrives, the offset of their group, and newer letters', () => {
    const letters = ['untouched', 'waiting', 'handled', 'failed'].map((id) => letter(id));
    const redrives = [redrive('handled', 3), redrive('failed', 4), redrive('waiting', 5)];
    expect(states([...letters, letter('newer', 'failed')], redrives, committedBy({ g: 5 }))).toEqual([
      ['untouched', 'open'],
      ['waiting', 'redriven'],
      ['handled', 'handled'],
      ['failed', 'failed-again'],
      ['newer', 'open'],
    ]);
  });

  it('asks the group to which the redrive is addressed', () => {
    const redrives = [redrive('a', 3, 'slow'), redrive('b', 3, 'fast'), redrive('c', 3, 'never seen')];
    const letters = ['a', 'b', 'c'].map((id) => letter(id));
    expect(states(letters, redrives, committedBy({ slow: 3, fast: 4 })).map(([, state]) => state)).toEqual([
      ...['redriven', 'handled', 'redriven'],
    ]);
  });

  it('waits for the last redrive of several', () => {
    const redrives = [redrive('a', 3), redrive('a', 9)];
    expect(states([letter('a')], redrives, committedBy({ g: 9 }))).toEqual([['a', 'redriven']]);
    expect(states([letter('a')], redrives, committedBy({ g: 10 }))).toEqual([['a', 'handled']]);
  });

  it('is unresolved while somebody has to act or wait', () => {
    const all = (['open', 'redriven', 'failed-again', 'handled'] as const).map((state) => ({ state }));
    expect(all.map(isUnresolved)).toEqual([true, true, false, false]);
  });
});
