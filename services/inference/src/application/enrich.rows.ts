import { codeOf } from '@perennial/messaging';
import { ServiceError } from '@perennial/service';
import type { Row } from '../domain/prediction.request';
import {
  columnsLeftOut,
  type EnrichmentPolicy,
  enrichRow,
  type EntityFeatures,
  entityOf,
  filledRow,
  type RowEnrichment,
} from '../domain/row.enrichment';
import type { FeatureLookups } from './feature.lookups';
import type { LookupMetrics } from './ports';

/** How one pipeline's requests are enriched. */
export interface PipelineEnrichment {
  policy: EnrichmentPolicy;
  unavailable: 'refuse' | 'missing';
  lookups: Pick<FeatureLookups, 'of'>;
}

/** Looked up for the rows of one request. */
export interface EnrichedRows {
  /** The rows, in the same order, with what they leave out. */
  fill(rows: readonly Row[]): Row[];
  /** Of each row; null where it left nothing out. */
  told: readonly (RowEnrichment | null)[];
}

const NOTHING: EntityFeatures = { values: new Map(), views: [] };

/** Fills in what requests leave out, by the keys that they carry. */
export class EnrichRows {
  constructor(
    private readonly pipelines: ReadonlyMap<string, PipelineEnrichment>,
    private readonly metrics: LookupMetrics,
    private readonly now: () => number,
  ) {}

  /** What a request may leave out, and the fields it may carry instead; undefined where the pipeline looks nothing up. */
  policyOf(pipeline: string): EnrichmentPolicy | undefined {
    return this.pipelines.get(pipeline)?.policy;
  }

  /**
   * Null where no row leaves anything out. Throws INVALID_INPUT (400), FEATURES_MISSING and FEATURES_STALE (422),
   * FEATURES_UNAVAILABLE and FEATURES_REFUSED (503).
   */
  async run(pipeline: string, rows: readonly Row[]): Promise<EnrichedRows | null> {
    const enrichment = this.pipelines.get(pipeline);
    if (!enrichment) return null;
    const { policy } = enrichment;
    const keys = rows.map((row, index) => keyOf(row, index, policy));
    if (keys.every((key) => key === null)) return null;
    const features = await Promise.all(keys.map((key) => key && this.lookUp(enrichment, key)));
    const now = this.now();
    const enriched = rows.map((row, index) => {
      const found = features[index];
      return found ? this.enrich(pipeline, row, index, found, policy, now) : null;
    });
    return {
      fill: (given) => given.map((row, index) => filledRow(row, enriched[index]?.filled ?? {})),
      told: enriched.map((each) => each?.told ?? null),
    };
  }

  private async lookUp({ lookups, unavailable }: PipelineEnrichment, key: readonly unknown[]): Promise<EntityFeatures> {
    try {
      return await lookups.of(key);
    } catch (error) {
      if (unavailable === 'missing' && codeOf(error) === 'FEATURES_UNAVAILABLE') return NOTHING;
      throw error;
    }
  }

  private enrich(
    pipeline: string,
    row: Row,
    index: number,
    found: EntityFeatures,
    policy: EnrichmentPolicy,
    now: number,
  ) {
    const enriched = enrichRow(row, found, policy, now);
    if ('problem' in enriched) {
      const { code, input, columns, rule } = enriched.problem;
      const value = policy.entities.map((name) => row[name]);
      const message = `Row ${index}: ${input} ${rule}; got ${JSON.stringify(value)}`;
      throw new ServiceError(code, 422, message, { row: index, input, value, rule, columns });
    }
    const { ages, missing, stale } = enriched.told;
    const known = Object.values(ages).filter((age) => age !== null);
    this.metrics.filled(pipeline, { missing: missing.length, stale: stale.length, oldest: Math.max(-1, ...known) });
    return enriched;
  }
}

/** Null where the row leaves nothing out. */
function keyOf(row: Row, index: number, policy: EnrichmentPolicy): readonly unknown[] | null {
  const columns = columnsLeftOut(row, policy);
  if (columns.length === 0) return null;
  const key = entityOf(row, policy);
  if (!('missing' in key)) return key;
  const rule = `must be given where columns are left out: ${columns.join(', ')}`;
  const value = row[key.missing] ?? null;
  const details = { row: index, input: key.missing, value, rule };
  throw new ServiceError('INVALID_INPUT', 400, `Row ${index}: ${key.missing} ${rule}`, details);
}
