const MILLISECONDS_PER_DAY = 86_400_000;

/** Days since 1970-01-01 of a calendar date (proleptic Gregorian), or null where there is no such day. */
export function daysOf(year: number, month: number, day: number): number | null {
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  const same = date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
  return same ? date.getTime() / MILLISECONDS_PER_DAY : null;
}

const FIELDS: Record<string, string> = {
  yyyy: '(?<year>\\d{4})',
  MM: '(?<month>\\d{2})',
  dd: '(?<day>\\d{2})',
  HH: '(?:[01]\\d|2[0-3])',
  mm: '[0-5]\\d',
  ss: '[0-5]\\d',
  SSS: '\\d{3}',
};
const TOKEN = /yyyy|MM|dd|HH|mm|SSS|ss|[^A-Za-z]|T|Z/g;

const countOf = (text: string, token: string) => text.split(token).length - 1;

/** A format has yyyy, MM and dd once each, may have HH mm ss SSS, T and Z, and any punctuation between. */
export function isDateFormat(format: string): boolean {
  const covered = (format.match(TOKEN) ?? []).join('') === format;
  return covered && ['yyyy', 'MM', 'dd'].every((token) => countOf(format, token) === 1);
}

/** Text → days since 1970-01-01, null where the text does not fit. A time of day is checked, then left out. */
export type DateParser = (text: string) => number | null;

export function dateParser(format = 'yyyy-MM-dd'): DateParser {
  if (!isDateFormat(format)) throw new RangeError(`date format "${format}" needs yyyy, MM and dd`);
  const pattern = (format.match(TOKEN) ?? [])
    .map((token) => FIELDS[token] ?? token.replace(/[^\w\s]/, '\\$&'))
    .join('');
  const expression = new RegExp(`^${pattern}$`);
  return (text) => {
    const fields = expression.exec(text)?.groups;
    return fields ? daysOf(Number(fields.year), Number(fields.month), Number(fields.day)) : null;
  };
}

/** Days since 1970-01-01 of yyyy-MM-dd; null where it is no calendar day. */
export const dayNumber: DateParser = dateParser();
