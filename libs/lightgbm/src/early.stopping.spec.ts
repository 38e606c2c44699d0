import { EarlyStopping } from './early.stopping';

function follow(patience: number, losses: (number | null)[]) {
  const stopping = new EarlyStopping(patience);
  const ended = losses.findIndex((loss) => stopping.add(loss));
  return { ended: ended < 0 ? null : ended + 1, best: stopping.bestIteration() };
}

it('ends when the loss has not fallen for so many iterations, and keeps the best', () => {
  expect(follow(2, [0.5, 0.4, 0.41, 0.42, 0.1])).toEqual({ ended: 4, best: 2 });
  expect(follow(3, [0.5, 0.4, 0.41, 0.42, 0.1])).toEqual({ ended: null, best: 5 });
});

it('takes an equal loss for no improvement', () => {
  expect(follow(2, [0.5, 0.5, 0.5])).toEqual({ ended: 3, best: 1 });
});

it('keeps every iteration without patience or without rows to validate on', () => {
  expect(follow(0, [0.1, 0.2, 0.3])).toEqual({ ended: null, best: 3 });
  expect(follow(1, [null, null])).toEqual({ ended: null, best: 2 });
});
