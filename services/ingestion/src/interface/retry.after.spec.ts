import { ServiceError } from '@perennial/service';
import { tellingWhen } from './retry.after';

describe('telling when to try again', () => {
  const header = jest.fn();
  beforeEach(() => header.mockClear());

  it('puts the seconds of a refusal into the header', async () => {
    const refusal = new ServiceError('BACKLOG_FULL', 429, 'full', { retryAfterSeconds: 17 });
    await expect(tellingWhen({ header }, Promise.reject(refusal))).rejects.toBe(refusal);
    expect(header.mock.calls).toEqual([['retry-after', '17']]);
  });

  it('says nothing with other errors, and nothing with an answer', async () => {
    await expect(tellingWhen({ header }, Promise.reject(new Error('other')))).rejects.toThrow('other');
    expect(await tellingWhen({ header }, Promise.resolve(5))).toBe(5);
    expect(header).not.toHaveBeenCalled();
  });
});
