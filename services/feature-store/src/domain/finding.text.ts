import type { QualityFinding } from '@perennial/contracts';

const SUBJECTS: Record<string, string> = {
  rowCount: 'row count',
  nullShare: 'share of nulls',
  outOfRangeShare: 'share of values out of range',
  unseenShare: 'share of unseen categories',
  labelShare: 'share of labelled rows',
};

const shown = (value: number): string => String(Number(value.toPrecision(4)));

/** A finding as a person reads it: `failure: share of nulls of age is 0.4, above the limit of 0.25`. */
export function findingText({ check, column, observed, limit, severity }: QualityFinding): string {
  const subject = SUBJECTS[check] ?? check;
  const relation = observed > limit ? 'above' : observed < limit ? 'below' : 'at';
  return `${severity}: ${subject}${column ? ` of ${column}` : ''} is ${shown(observed)}, ${relation} the limit of ${shown(limit)}`;
}
