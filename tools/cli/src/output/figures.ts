/** Numbers and instants as people read them. */

interface Interval {
  readonly value: number | null;
  readonly low?: number | null;
  readonly high?: number | null;
}

const isInterval = (score: unknown): score is Interval =>
  typeof score === 'object' && score !== null && 'value' in score;

export const threeDigits = (value: number | null | undefined): string => (value == null ? '-' : value.toFixed(3));

/** 0.512, or 0.512 [0.480, 0.541] where the interval is known. */
export function scoreText(score: unknown, options: { interval?: boolean } = {}): string {
  if (typeof score === 'number') return threeDigits(score);
  if (!isInterval(score)) return '-';
  const { value, low, high } = score;
  if (!options.interval || low == null || high == null) return threeDigits(value);
  return `${threeDigits(value)} [${threeDigits(low)}, ${threeDigits(high)}]`;
}

export const countText = (value: number): string => value.toLocaleString('en-US');

export function durationText(milliseconds: number): string {
  const seconds = milliseconds / 1000;
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  if (seconds < 90) return `${Math.round(seconds)} s`;
  const minutes = Math.floor(seconds / 60);
  return minutes < 90 ? `${minutes} min` : seconds < 172_800 ? `${Math.round(minutes / 60)} h` : days(seconds);
}

const days = (seconds: number): string => `${Math.round(seconds / 86_400)} days`;

/** Local time to the second is noise in a table: UTC, without milliseconds. */
export function instantText(instant: unknown): string {
  if (typeof instant !== 'string' && !(instant instanceof Date)) return '-';
  const date = new Date(instant);
  return Number.isNaN(date.getTime())
    ? String(instant)
    : date
        .toISOString()
        .replace(/\.\d+Z$/, 'Z')
        .replace('T', ' ');
}
