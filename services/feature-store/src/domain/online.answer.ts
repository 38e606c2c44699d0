import type { OnlineRow, OnlineValue } from './online.row';

export type FeatureStatus = 'PRESENT' | 'NULL_VALUE' | 'NOT_FOUND';

/** One feature over all entity rows. */
export interface FeatureResult {
  values: unknown[];
  statuses: FeatureStatus[];
  event_timestamps: string[];
}

export interface OnlineAnswer {
  metadata: { feature_names: string[]; feature_view_metadata?: { name: string; version: number }[] };
  results: FeatureResult[];
}

export interface AskedFeature {
  /** In the answer. */
  readonly name: string;
  readonly view: string;
  /** Of each entity. */
  readonly rows: readonly (OnlineRow | undefined)[];
  /** Version of the view → the feature's place among the values of a row. */
  readonly places: ReadonlyMap<number, number>;
}

/** What Feast answers where there is no time. */
const NO_TIME = '1970-01-01T00:00:00Z';

/** The event time of a batch's rows. */
const timeOf = ({ day }: OnlineRow): string => `${day}T00:00:00Z`;

/** Entities first, then features, each as a column. */
export function onlineAnswer(
  entities: Readonly<Record<string, readonly unknown[]>>,
  features: readonly AskedFeature[],
): OnlineAnswer {
  return {
    metadata: { feature_names: [...Object.keys(entities), ...features.map(({ name }) => name)] },
    results: [...Object.values(entities).map(keyResult), ...features.map(featureResult)],
  };
}

/** Of each view the newest version among the rows that were found. */
export function viewVersions(features: readonly AskedFeature[]): { name: string; version: number }[] {
  const newest = new Map<string, number>();
  for (const { view, rows } of features) {
    for (const row of rows) if (row) newest.set(view, Math.max(newest.get(view) ?? 0, row.version));
  }
  return [...newest].map(([name, version]) => ({ name, version }));
}

const keyResult = (values: readonly unknown[]): FeatureResult => ({
  values: [...values],
  statuses: values.map(() => 'PRESENT'),
  event_timestamps: values.map(() => NO_TIME),
});

function featureResult({ rows, places }: AskedFeature): FeatureResult {
  const result: FeatureResult = { values: [], statuses: [], event_timestamps: [] };
  for (const row of rows) {
    const value = row && valueAt(row, places.get(row.version));
    const found = row !== undefined && value !== undefined;
    result.values.push(value ?? null);
    result.statuses.push(!found ? 'NOT_FOUND' : value === null ? 'NULL_VALUE' : 'PRESENT');
    result.event_timestamps.push(found ? timeOf(row) : NO_TIME);
  }
  return result;
}

/** Undefined where rows of its version do not have the feature. */
const valueAt = ({ values }: OnlineRow, place: number | undefined): OnlineValue | undefined =>
  place === undefined ? undefined : values[place];
