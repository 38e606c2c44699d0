import { Cron } from 'croner';

/**
 * The first time of the schedule once the day is over in its time zone. A day that is pushed afterwards closes at the
 * next time of the schedule after its first record, so that back-filling is not cut short.
 */
export function nextScheduledClosing(cron: string, timezone: string, day: string, openedAt: Date): Date {
  // Runs come strictly after startAt, and five fields have no seconds: midnight counts.
  const schedule = new Cron(cron, { timezone, startAt: `${day}T23:59:59` });
  const next = schedule.nextRun(openedAt);
  if (next === null) throw new RangeError(`closing.schedule ${cron} has no time after ${day}`);
  return next;
}
