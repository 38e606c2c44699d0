import { signed } from './signed.request';

it.each([
  [{ by: 'ann', comment: 'x' }, undefined, { by: 'ann', comment: 'x' }],
  [{ comment: 'x' }, 'ann', { by: 'ann', comment: 'x' }],
  [{ by: 'ann' }, 'ann', { by: 'ann' }],
  [undefined, 'ann', { by: 'ann' }],
  ['text', 'ann', 'text'],
])('%j asked by %j is taken as %j', (fields, subject, expected) => expect(signed(fields, subject)).toEqual(expected));

it.each(['bob', ['ann'], { toString: 'ann' }, null])('%j cannot be named by ann', (by) => {
  expect(() => signed({ by }, 'ann')).toThrow(
    expect.objectContaining({ status: 403, code: 'OTHER_IDENTITY', details: expect.objectContaining({ value: by }) }),
  );
});
