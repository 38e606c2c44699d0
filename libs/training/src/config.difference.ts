import type { ModelConfig } from '@perennial/tabular-models';

/** How a model differs from a checkpoint's: sizes (those that `counts`), features, their order, vocabularies. */
export function modelDifferences(
  then: ModelConfig,
  now: ModelConfig,
  counts: (field: string) => boolean = () => true,
): string[] {
  const sizes = ({ categorical: _categorical, numeric: _numeric, ...rest }: ModelConfig) =>
    Object.fromEntries(Object.entries(rest).filter(([field]) => counts(field)));
  return [
    ...differentFields(sizes(then), sizes(now)),
    ...differentNames('numeric features', then.numeric, now.numeric),
    ...differentNames('categorical features', then.categorical.map(nameOf), now.categorical.map(nameOf)),
    ...now.categorical.flatMap((feature) => {
      const before = then.categorical.find(({ feature: name }) => name === feature.feature);
      const same = before?.vocabularyDigest === feature.vocabularyDigest && before.cardinality === feature.cardinality;
      if (!before || same) return [];
      const codes = `${before.cardinality} codes in the checkpoint, ${feature.cardinality} now`;
      return [`the vocabulary of ${feature.feature} differs (${codes})`];
    }),
  ];
}

/** Every field whose values differ, as JSON. */
export function differentFields(then: object, now: object, prefix = ''): string[] {
  const text = (fields: object, field: string) =>
    JSON.stringify((fields as Record<string, unknown>)[field]) ?? 'absent';
  return [...new Set([...Object.keys(then), ...Object.keys(now)])]
    .filter((field) => text(then, field) !== text(now, field))
    .map((field) => `${prefix}${field} is ${text(then, field)} in the checkpoint, ${text(now, field)} now`);
}

const nameOf = ({ feature }: { feature: string }): string => feature;

function differentNames(what: string, then: readonly string[], now: readonly string[]): string[] {
  if (JSON.stringify(then) === JSON.stringify(now)) return [];
  return [`${what} are [${then.join(', ')}] in the checkpoint, [${now.join(', ')}] now`];
}
