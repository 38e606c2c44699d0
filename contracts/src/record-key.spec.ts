import { recordKey } from './record-key';

it('spreads records evenly, those of one id to one key', () => {
  const counts = new Map<string, number>();
  for (let n = 0; n < 4_000; n++) {
    const key = recordKey('d', `r${n}`);
    expect(recordKey('d', `r${n}`)).toBe(key);
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  expect([...counts.keys()].sort()).toEqual(['d/0', 'd/1', 'd/2', 'd/3']);
  for (const count of counts.values()) expect(Math.abs(count - 1_000)).toBeLessThan(200);
});

it('takes ids of any kind', () => {
  expect(recordKey('d', 7)).toBe(recordKey('d', '7'));
  for (const id of [undefined, null, true, {}]) expect(recordKey('d', id)).toBe('d/0');
});
