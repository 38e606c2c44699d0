import type { Prediction } from '../application/predict.rows';
import type { RowEnrichment } from '../domain/row.enrichment';

/** As clients see it: ages in seconds by column. */
export const enrichmentView = ({ ages, stale, missing, views }: RowEnrichment) => ({
  age_seconds: ages,
  ...(stale.length > 0 && { stale }),
  ...(missing.length > 0 && { missing }),
  views,
});

/** As a parameter of the Open Inference Protocol, which has scalars only: JSON, a list with an entry for each row. */
export function enrichmentParameters(predictions: readonly Prediction[]): { enrichment: string } | null {
  if (predictions.every(({ enrichment }) => enrichment === undefined)) return null;
  return { enrichment: JSON.stringify(predictions.map(({ enrichment }) => enrichment && enrichmentView(enrichment))) };
}
