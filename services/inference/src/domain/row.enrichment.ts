import type { Row } from './prediction.request';

/** A feature of an entity, as its source has it; null is a value. */
export interface FeatureValue {
  readonly value: unknown;
  /** Its event time in milliseconds since 1970; null where the source tells none. */
  readonly at: number | null;
  /** The source itself says that it is too old. */
  readonly expired: boolean;
}

/** What a source has of one entity. */
export interface EntityFeatures {
  /** By column of the model; one that is not there is missing. */
  readonly values: ReadonlyMap<string, FeatureValue>;
  /** Versions of the views that were read, as VIEW@vN, or VIEW where it has none. */
  readonly views: readonly string[];
}

export interface EnrichmentPolicy {
  /** Fields of a row that name its entity. */
  readonly entities: readonly string[];
  /** Columns that are looked up where a row leaves them out. */
  readonly columns: readonly string[];
  readonly maxAgeSeconds: number | null;
  readonly missing: 'refuse' | 'null';
  readonly defaults: Readonly<Record<string, unknown>>;
  readonly stale: 'refuse' | 'use' | 'null';
}

/** What was done to a row. */
export interface RowEnrichment {
  /** Column → age in seconds of the value that was looked up; null where its source tells no time. */
  readonly ages: Readonly<Record<string, number | null>>;
  /** Of these, those beyond the bound. */
  readonly stale: readonly string[];
  /** What the source does not have; a default or null stands for it. */
  readonly missing: readonly string[];
  readonly views: readonly string[];
}

export interface EnrichmentProblem {
  code: 'FEATURES_MISSING' | 'FEATURES_STALE';
  input: string;
  columns: readonly string[];
  rule: string;
}

export interface Enriched {
  /** Values for the columns that the row left out. */
  filled: Row;
  told: RowEnrichment;
}

const isGiven = (row: Row, column: string): boolean => Object.hasOwn(row, column) && row[column] !== undefined;

/** Columns to look up: those that the row does not carry. A null that it carries is a value. */
export const columnsLeftOut = (row: Row, { columns }: EnrichmentPolicy): string[] =>
  columns.filter((column) => !isGiven(row, column));

/** The values of the entity's key; or the part of it that is not there. */
export function entityOf(row: Row, { entities }: EnrichmentPolicy): readonly unknown[] | { missing: string } {
  const missing = entities.find((name) => !isKey(row[name]));
  return missing === undefined ? entities.map((name) => row[name]) : { missing };
}

const isKey = (value: unknown): boolean =>
  typeof value === 'string' || typeof value === 'boolean' || Number.isFinite(value);

/** Fills what the row leaves out from what was looked up; `now` in milliseconds since 1970. */
export function enrichRow(
  row: Row,
  features: EntityFeatures,
  policy: EnrichmentPolicy,
  now: number,
): Enriched | { problem: EnrichmentProblem } {
  const filled: Row = {};
  const ages: Record<string, number | null> = {};
  const [missing, stale]: [string[], string[]] = [[], []];
  for (const column of columnsLeftOut(row, policy)) {
    const found = features.values.get(column);
    if (!found) {
      missing.push(column);
      filled[column] = policy.defaults[column] ?? null;
      continue;
    }
    const age = found.at === null ? null : Math.max(0, (now - found.at) / 1000);
    ages[column] = age;
    const isStale = found.expired || (age !== null && age > (policy.maxAgeSeconds ?? Infinity));
    if (isStale) stale.push(column);
    filled[column] = isStale && policy.stale === 'null' ? null : found.value;
  }
  const problem = refusal(missing, stale, policy);
  return problem ? { problem } : { filled, told: { ages, stale, missing, views: features.views } };
}

function refusal(
  missing: readonly string[],
  stale: readonly string[],
  { entities, missing: onMissing, defaults, stale: onStale, maxAgeSeconds }: EnrichmentPolicy,
): EnrichmentProblem | null {
  const input = entities.join(', ');
  const without = missing.filter((column) => !Object.hasOwn(defaults, column));
  if (onMissing === 'refuse' && without.length > 0) {
    const rule = `must name an entity of which there are ${without.join(', ')}, or these must be given`;
    return { code: 'FEATURES_MISSING', input, columns: without, rule };
  }
  if (onStale !== 'refuse' || stale.length === 0) return null;
  const bound = maxAgeSeconds === null ? 'its source allows' : `${maxAgeSeconds} seconds`;
  const rule = `must name an entity whose ${stale.join(', ')} are not older than ${bound}, or these must be given`;
  return { code: 'FEATURES_STALE', input, columns: stale, rule };
}

/** The row with what was looked up; what it carries itself wins. */
export const filledRow = (row: Row, filled: Row): Row => {
  const merged: Row = { ...row };
  for (const [column, value] of Object.entries(filled)) if (!isGiven(row, column)) merged[column] = value;
  return merged;
};
