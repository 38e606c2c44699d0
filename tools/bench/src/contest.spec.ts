import { runRounds } from './contest';

/** Measures that note who ran; each takes 1, 2, 3 … in turn. */
function recorded() {
  const order: string[] = [];
  const measure = (name: string) => {
    let calls = 0;
    return () => {
      order.push(name);
      calls += 1;
      return Promise.resolve(calls);
    };
  };
  const peers = ['b', 'c'].map((name) => ({ name, measure: measure(name) }));
  return { order, contest: { name: 'contest', unit: 'ms', ours: measure('a'), peers } };
}

describe('runRounds', () => {
  it('interleaves all contenders, after a round that is not counted', async () => {
    const { order, contest } = recorded();
    const times = await runRounds(contest, 2);
    expect(order.join('')).toBe('abcabcabc');
    expect(times).toEqual({
      ours: [2, 3],
      peers: [
        { name: 'b', rounds: [2, 3] },
        { name: 'c', rounds: [2, 3] },
      ],
    });
  });

  it('stops at the first failure', async () => {
    const { order, contest } = recorded();
    const failing = { ...contest, peers: [{ name: 'b', measure: () => Promise.reject(new Error('broken')) }] };
    await expect(runRounds(failing, 2)).rejects.toThrow('broken');
    expect(order).toEqual(['a']);
  });
});
