import { Admission } from './admission';

const bounds = { messages: 10, seconds: 5 };

/** The backlog opens after so many looks; null: never. */
function admission(opensAfter: number | null) {
  let pauses = 0;
  let refusals = 0;
  const full = () => opensAfter === null || pauses < opensAfter;
  const watch = {
    retryAfter: () => (full() ? 7 : null),
    refused: () => void refusals++,
    view: () => ({ messages: 99, secondsToDrain: 12, full: full(), retryAfterSeconds: 7, bounds }),
  };
  const pause = async () => void pauses++;
  return {
    admit: (accepted: number) => new Admission(watch, { waitMs: 1_000, pauseMs: 100, pause }).admit(accepted),
    told: () => ({ pauses, refusals }),
  };
}

describe('admission of pushes', () => {
  it('lets everything through while the platform keeps up', async () => {
    const { admit, told } = admission(0);
    await admit(0);
    await admit(500);
    expect(told()).toEqual({ pauses: 0, refusals: 0 });
  });

  it('refuses a request that has not begun, and says when to come again', async () => {
    const { admit, told } = admission(null);
    await expect(admit(0)).rejects.toMatchObject({
      code: 'BACKLOG_FULL',
      status: 429,
      retryable: true,
      details: { value: 99, retryAfterSeconds: 7, accepted: 0, secondsToDrain: 12 },
    });
    expect(told()).toEqual({ pauses: 0, refusals: 1 });
  });

  it('lets a request that has begun wait until the backlog has shrunk', async () => {
    const { admit, told } = admission(3);
    await admit(500);
    expect(told()).toEqual({ pauses: 3, refusals: 0 });
  });

  it('ends a request that has waited too long, and says how much of it was taken', async () => {
    const { admit, told } = admission(null);
    await expect(admit(500)).rejects.toMatchObject({ status: 429, details: { accepted: 500 } });
    expect(told()).toEqual({ pauses: 10, refusals: 1 });
  });
});
