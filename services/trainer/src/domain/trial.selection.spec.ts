import { isBetter } from './trial.selection';

describe('the better trial', () => {
  it.each([
    ['has the higher F1', { f1: 0.6, logLoss: 0.9 }, { f1: 0.5, logLoss: 0.1 }, true],
    ['has the lower log loss at equal F1', { f1: 0.5, logLoss: 0.3 }, { f1: 0.5, logLoss: 0.4 }, true],
    ['is the earlier one where nothing differs', { f1: 0.5, logLoss: 0.4 }, { f1: 0.5, logLoss: 0.4 }, false],
    ['has an F1 at all', { f1: null, logLoss: 0.1 }, { f1: 0, logLoss: 0.9 }, false],
    ['has a log loss at all', { f1: null, logLoss: 0.1 }, { f1: null, logLoss: null }, true],
  ])('%s', (_, challenger, best, expected) => expect(isBetter(challenger, best)).toBe(expected));
});
