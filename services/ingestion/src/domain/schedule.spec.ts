import { nextScheduledClosing } from './schedule';

const next = (cron: string, timezone: string, day: string, openedAt: string): string =>
  nextScheduledClosing(cron, timezone, day, new Date(openedAt)).toISOString();

describe('the scheduled closing of a day', () => {
  it('is the first time of the schedule after the day has ended in its time zone', () => {
    expect(next('0 2 * * *', 'UTC', '2026-01-05', '2026-01-05T08:00:00Z')).toBe('2026-01-06T02:00:00.000Z');
    expect(next('0 2 * * *', 'Europe/Berlin', '2026-01-05', '2026-01-05T08:00:00Z')).toBe('2026-01-06T01:00:00.000Z');
  });

  it('skips a time of the schedule that falls within the day', () => {
    expect(next('0 */6 * * *', 'UTC', '2026-01-05', '2026-01-05T01:00:00Z')).toBe('2026-01-06T00:00:00.000Z');
  });

  it('follows the change to summer time', () => {
    expect(next('0 4 * * *', 'Europe/Berlin', '2026-03-28', '2026-03-28T12:00:00Z')).toBe('2026-03-29T02:00:00.000Z');
  });

  it('waits for the next time when a past day is pushed late', () => {
    expect(next('0 2 * * *', 'UTC', '2026-01-05', '2026-02-10T14:30:00Z')).toBe('2026-02-11T02:00:00.000Z');
  });
});
