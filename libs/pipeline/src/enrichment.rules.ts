import type { ColumnDeclaration } from './pipeline';
import type { Finding } from './schema.problems';
import type { EnrichmentDeclaration } from './serving.schema';

const REFERENCE = /^[^:]+:[^:]+$/;
const AT = ['serving', 'enrichment'];

interface Declared {
  columns: readonly ColumnDeclaration[];
  target: string | undefined;
}

/** Rules between the enrichment and the columns of the dataset. */
export function enrichmentFindings(enrichment: Partial<EnrichmentDeclaration>, declared: Declared): Finding[] {
  return [
    ...entityFindings(enrichment, declared),
    ...filledFindings('features', enrichment.features ?? {}, declared),
    ...filledFindings('defaults', enrichment.defaults ?? {}, declared),
    ...referenceFindings(enrichment),
    ...askedFindings(enrichment),
  ];
}

/** But for the target. */
const columnOf = ({ columns, target }: Declared, name: string): ColumnDeclaration | undefined =>
  name === target ? undefined : columns.find((column) => column.name === name);

/** The feature store knows entities by columns of its dataset; another server by whatever names it has. */
function entityFindings({ source, entities = [] }: Partial<EnrichmentDeclaration>, declared: Declared): Finding[] {
  return entities.flatMap((value, index) => {
    const path = [...AT, 'entities', index];
    if (entities.indexOf(value) < index) return [{ path, rule: 'must be there once', value }];
    if (source === 'feast' || columnOf(declared, value)) return [];
    return [{ path, rule: 'must name one of dataset.columns, and not the target', value }];
  });
}

function filledFindings(field: 'features' | 'defaults', filled: object, declared: Declared): Finding[] {
  return Object.entries(filled).flatMap(([name, value]) =>
    columnOf(declared, name)?.feature
      ? []
      : [
          {
            path: [...AT, field, name],
            rule: 'must name one of dataset.columns that is a feature',
            value: value as unknown,
            key: true,
          },
        ],
  );
}

function referenceFindings({ features, featureService }: Partial<EnrichmentDeclaration>): Finding[] {
  if (!features || featureService) return [];
  return Object.entries(features)
    .filter(([, reference]) => !REFERENCE.test(reference))
    .map(([name, value]) => ({ path: [...AT, 'features', name], rule: 'must be VIEW:FEATURE', value }));
}

function askedFindings({ source, features, featureService }: Partial<EnrichmentDeclaration>): Finding[] {
  if (source === 'feast') {
    if (featureService || Object.keys(features ?? {}).length > 0) return [];
    return [{ path: AT, rule: 'must name features or a featureService where the source is feast', value: null }];
  }
  if (!featureService) return [];
  const rule = 'must be left out: the feature store has one for each pipeline, of its name';
  return [{ path: [...AT, 'featureService'], rule, value: featureService }];
}
