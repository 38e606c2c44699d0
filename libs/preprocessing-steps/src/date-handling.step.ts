import type { Pipeline } from '@perennial/pipeline';
import { dayNumber } from '@perennial/pipeline';
import type { DatePart } from './fitted-preprocessing';

export interface DateFeature {
  feature: string;
  part: DatePart;
  origin?: number;
}

/** The declared parts of a date column, and the days since the origin where one is declared. */
export function dateFeatures(column: string, { parts, origin }: Pipeline['preprocessing']['dates']): DateFeature[] {
  const features: DateFeature[] = parts.map((part) => ({ feature: `${column}.${part}`, part }));
  if (origin === null) return features;
  return [
    ...features,
    { feature: `${column}.daysSinceOrigin`, part: 'daysSinceOrigin', origin: dayNumber(origin) ?? 0 },
  ];
}

/**
 * Calendar date of days since 1970-01-01: Howard Hinnant's civil_from_days. It only adds, multiplies and
 * floors, so the model artifact can compute the same.
 */
function civilDate(days: number): { year: number; month: number; day: number } {
  const shifted = days + 719468; // days since 0000-03-01
  const era = Math.floor(shifted / 146097);
  const dayOfEra = shifted - era * 146097;
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36524) - Math.floor(dayOfEra / 146096)) / 365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const shiftedMonth = Math.floor((5 * dayOfYear + 2) / 153); // 0 is March
  const day = dayOfYear - Math.floor((153 * shiftedMonth + 2) / 5) + 1;
  const month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9;
  return { year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day };
}

/** One part of a date given as days since 1970-01-01; NaN stays NaN. */
export function datePartOf(days: number, part: DatePart, origin = 0): number {
  switch (part) {
    case 'year':
      return civilDate(days).year;
    case 'month':
      return civilDate(days).month;
    case 'dayOfMonth':
      return civilDate(days).day;
    case 'dayOfWeek':
      return days + 3 - 7 * Math.floor((days + 3) / 7); // 1970-01-01 was a Thursday, 3
    case 'daysSinceOrigin':
      return days - origin;
  }
}
