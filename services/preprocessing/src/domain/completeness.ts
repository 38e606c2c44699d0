import type { QualityFinding } from '@perennial/contracts';
import type { ClosedBatch } from './batch';

/**
 * A day that closed before all announced rows had come is told as a warning: what came may still be a day's worth,
 * and the row count check refuses it when it is not.
 */
export function completenessFindings({ complete, rows }: Pick<ClosedBatch, 'complete' | 'rows'>): QualityFinding[] {
  if (complete) return [];
  const observed = rows.accepted + rows.quarantined;
  return [{ check: 'announced-rows', observed, limit: rows.expected ?? observed, severity: 'warning' }];
}
