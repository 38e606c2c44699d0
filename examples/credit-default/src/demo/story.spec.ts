import type { ReceivedAlert } from './alert.sink';
import type { Observation } from './platform.observation';
import { Story } from './story';

const day = '2026-01-04';
const cycle = { cycleId: `credit-default/${day}`, pipeline: 'credit-default', day };
const exhausted = { kind: 'attemptsExhausted', data: cycle } as unknown as Observation;
const page: ReceivedAlert = {
  ...{ channel: 'pagerduty', at: 't1' },
  body: { event_action: 'trigger', dedup_key: cycle.cycleId },
};
const runs = () => true;
const never = new AbortController().signal;

describe('the story', () => {
  it('ends an exhausted day only when somebody was paged', async () => {
    const received: ReceivedAlert[] = [];
    const story = new Story(() => received, runs);
    const over = story.until(() => story.isOver(day), 'the verdict', never, day);
    story.observe(exhausted);
    expect(story.isOver(day)).toBe(false);
    received.push(page);
    story.news();
    await expect(over).resolves.toBeUndefined();
  });

  it('fails with the reason when the day gives no verdict', async () => {
    const story = new Story(() => [], runs);
    const over = story.until(() => story.isOver(day), 'the verdict', never, day);
    const details = ['rowCount 10 < 20'];
    story.observe({ kind: 'cycleSkipped', data: { ...cycle, reason: 'data-quality', details } } as Observation);
    await expect(over).rejects.toMatchObject({ code: 'DAY_FAILED', message: `${day}: data-quality: rowCount 10 < 20` });
  });

  it('ends at once when it is interrupted', async () => {
    const controller = new AbortController();
    const over = new Story(() => [], runs).until(() => false, 'nothing', controller.signal);
    controller.abort(new Error('interrupted'));
    await expect(over).rejects.toThrow('interrupted');
  });

  it('fails when the platform has ended', async () => {
    const over = new Story(
      () => [],
      () => false,
    ).until(() => false, 'a verdict', never);
    await expect(over).rejects.toMatchObject({ code: 'PLATFORM_ENDED' });
  });
});
