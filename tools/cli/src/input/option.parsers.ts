import { InvalidArgumentError } from 'commander';
import { day as daySchema } from '@perennial/contracts';

/** A whole number within bounds, for commander. */
export const wholeNumber = (minimum: number, maximum: number) => (text: string) => {
  const value = Number(text);
  if (/^\d+$/.test(text.trim()) && value >= minimum && value <= maximum) return value;
  throw new InvalidArgumentError(`Must be a whole number from ${minimum} to ${maximum}.`);
};

export function calendarDay(text: string): string {
  if (daySchema.safeParse(text).success) return text;
  throw new InvalidArgumentError('Must be a calendar day as yyyy-MM-dd.');
}

const unitMs: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** A time in milliseconds, from such as 90d, 12h, 30m or 10s; Infinity for `never`. */
export function lifetime(text: string): number {
  if (text === 'never') return Infinity;
  const [, count, unit = ''] = /^(\d{1,6})([smhd])$/.exec(text) ?? [];
  const ms = Number(count) * (unitMs[unit] ?? NaN);
  // Beyond this a date has no four-digit year.
  if (ms >= 0 && ms <= 100 * 365 * 86_400_000) return ms;
  throw new InvalidArgumentError('Must be a number and s, m, h or d, at most 100 years, or never.');
}
