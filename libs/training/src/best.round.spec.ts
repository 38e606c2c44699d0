import { BestRound } from './best.round';

function follow(patience: number | null, losses: (number | null)[]) {
  const best = new BestRound<string>(patience);
  const ended = losses.findIndex((loss, index) => {
    best.add(index + 1, loss === null ? null : -loss, () => `after ${index + 1}`);
    return best.isOver(index + 1);
  });
  expect(best.kept?.kept).toBe(`after ${best.kept?.round}`);
  return { ended: ended < 0 ? null : ended + 1, best: best.kept?.round };
}

it('ends when the loss has not fallen for so many rounds, and keeps the best', () => {
  expect(follow(2, [0.5, 0.4, 0.41, 0.42, 0.1])).toEqual({ ended: 4, best: 2 });
  expect(follow(3, [0.5, 0.4, 0.41, 0.42, 0.1])).toEqual({ ended: null, best: 5 });
});

it('takes an equal loss for no improvement', () => {
  expect(follow(2, [0.5, 0.5, 0.5])).toEqual({ ended: 3, best: 1 });
});

it('keeps every round without patience or without rows to validate on', () => {
  expect(follow(null, [0.1, 0.2, 0.3])).toEqual({ ended: null, best: 3 });
  expect(follow(1, [null, null])).toEqual({ ended: null, best: 2 });
});

it('takes what cannot be measured for worse than what could', () => {
  expect(follow(2, [null, 0.5, null, null])).toEqual({ ended: 4, best: 2 });
});

it('has nothing before the first round', () => {
  const best = new BestRound<string>(1);
  expect([best.kept, best.isOver(5)]).toEqual([null, false]);
});
