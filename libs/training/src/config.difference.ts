import { featureDifferences, type ModelConfig } from '@perennial/tabular-models';

/** How a model differs from a checkpoint's: sizes (those that `counts`), features, their order, vocabularies. */
export function modelDifferences(
  then: ModelConfig,
  now: ModelConfig,
  counts: (field: string) => boolean = () => true,
): string[] {
  const sizes = ({ categorical: _categorical, numeric: _numeric, ...rest }: ModelConfig) =>
    Object.fromEntries(Object.entries(rest).filter(([field]) => counts(field)));
  return [...differentFields(sizes(then), sizes(now)), ...featureDifferences(then, now)];
}

/** Every field whose values differ, as JSON. */
export function differentFields(then: object, now: object, prefix = ''): string[] {
  const text = (fields: object, field: string) =>
    JSON.stringify((fields as Record<string, unknown>)[field]) ?? 'absent';
  return [...new Set([...Object.keys(then), ...Object.keys(now)])]
    .filter((field) => text(then, field) !== text(now, field))
    .map((field) => `${prefix}${field} is ${text(then, field)} in the checkpoint, ${text(now, field)} now`);
}
