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
