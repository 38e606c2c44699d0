import { z } from 'zod';

function isCalendarDay(text: string): boolean {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text);
  if (!match) return false;
  const date = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text);
}

/** A day of the calendar as yyyy-MM-dd. */
export const calendarDay = z.string().refine(isCalendarDay, 'must be a calendar day as yyyy-MM-dd');

export const scalar = z.union([z.string(), z.number(), z.boolean()]);
