import type { Pipeline } from './pipeline';
import { featureColumns } from './served.columns';

/** What a server of features is asked for, and which of its answers fill which columns. */
export interface LookedUpFeatures {
  /** Either a service, which answers by plain names, or references as VIEW:FEATURE. */
  readonly asked: { readonly service: string } | { readonly references: readonly string[] };
  /** Column of the model → name in the answer: with references VIEW__FEATURE. */
  readonly names: ReadonlyMap<string, string>;
}

/** Null where nothing is looked up. */
export function lookedUpFeatures({ name, dataset, serving }: Pipeline): LookedUpFeatures | null {
  const { enrichment } = serving;
  if (!enrichment) return null;
  const { features, entities } = enrichment;
  const service = enrichment.featureService ?? (features === null ? name : null);
  if (service === null) {
    const entries = Object.entries(features ?? {});
    const names = entries.map(([column, reference]) => [column, reference.replace(':', '__')] as const);
    return { asked: { references: entries.map(([, reference]) => reference) }, names: new Map(names) };
  }
  const inputs = featureColumns(dataset).filter((column) => !entities.includes(column.name));
  return {
    asked: { service },
    names: new Map([...inputs.map((column) => [column.name, column.name] as const), ...Object.entries(features ?? {})]),
  };
}
