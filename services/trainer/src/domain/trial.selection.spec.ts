import { isBetter, recordedHistory } from './trial.selection';

describe('the better trial', () => {
  it.each([
    ['has the higher F1', { f1: 0.6, logLoss: 0.9 }, { f1: 0.5, logLoss: 0.1 }, true],
    ['has the lower log loss at equal F1', { f1: 0.5, logLoss: 0.3 }, { f1: 0.5, logLoss: 0.4 }, true],
    ['is the earlier one where nothing differs', { f1: 0.5, logLoss: 0.4 }, { f1: 0.5, logLoss: 0.4 }, false],
    ['has an F1 at all', { f1: null, logLoss: 0.1 }, { f1: 0, logLoss: 0.9 }, false],
    ['has a log loss at all', { f1: null, logLoss: 0.1 }, { f1: null, logLoss: null }, true],
  ])('%s', (_, challenger, best, expected) => expect(isBetter(challenger, best)).toBe(expected));
});

describe('the recorded history', () => {
  const scores = { trainLoss: 0.5, validationLogLoss: 0.5, validationRocAuc: null, validationF1: null };
  const history = (rounds: number) =>
    Array.from({ length: rounds }, (_, index) => ({ epoch: index + 1, ...scores, seconds: 1 }));
  const epochs = (rounds: number, kept: number) => recordedHistory(history(rounds), kept).map(({ epoch }) => epoch);

  it('is whole when short, without what only the training needs', () => {
    expect(recordedHistory(history(3), 2)).toEqual([1, 2, 3].map((epoch) => ({ epoch, ...scores })));
    expect(epochs(100, 7)).toHaveLength(100);
  });

  it('keeps of many rounds some, the kept and the last among them', () => {
    const kept = epochs(2000, 1234);
    expect(kept.length).toBeLessThanOrEqual(102);
    expect(kept).toEqual(expect.arrayContaining([1, 1234, 2000]));
    expect(kept).toEqual([...kept].sort((a, b) => a - b));
  });
});
