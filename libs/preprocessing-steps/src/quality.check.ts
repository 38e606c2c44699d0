import { columnOf, type Column, type NumericColumn, type Table } from '@perennial/columns';
import type { Pipeline } from '@perennial/pipeline';
import { labelsOf } from './apply';
import { medianOf, statisticsOf } from './column.statistics';
import type { ColumnStatistics, FittedPreprocessing } from './fitted-preprocessing';
import { unknownShareOf } from './object-columns.step';

export type QualityLimits = Pipeline['quality'];

export interface QualityFinding {
  check: 'rowCount' | 'nullShare' | 'outOfRangeShare' | 'unseenShare' | 'labelShare';
  column?: string;
  observed: number;
  limit: number;
  /** A failure keeps the day out of training; a warning is told only. */
  severity: 'failure' | 'warning';
}

export interface QualityVerdict {
  verdict: 'passed' | 'failed';
  findings: QualityFinding[];
}

function above(check: QualityFinding['check'], column: string, observed: number, limit: number): QualityFinding[] {
  return observed > limit ? [{ check, column, observed, limit, severity: 'failure' }] : [];
}

/** Declared bounds, else those of the reference; time moves on, so a date is held to declared bounds only. */
function outOfRangeShare(column: NumericColumn, reference: ColumnStatistics): number {
  const learned = column.type !== 'date';
  const low = reference.declaredMinimum ?? (learned ? reference.min : null) ?? -Infinity;
  const high = reference.declaredMaximum ?? (learned ? reference.max : null) ?? Infinity;
  let present = 0;
  let outside = 0;
  for (const value of column.values) {
    if (Number.isNaN(value)) continue;
    present++;
    if (value < low || value > high) outside++;
  }
  return present === 0 ? 0 : outside / present;
}

function columnFindings(column: Column, fitted: FittedPreprocessing, limits: QualityLimits): QualityFinding[] {
  const { name } = column;
  const reference = fitted.statistics[name];
  if (!reference) return [];
  const nullLimit = Math.min(1, reference.nullShare + limits.maxNullShare);
  const findings = above('nullShare', name, statisticsOf(column).nullShare, nullLimit);
  if (column.type !== 'string') {
    return [
      ...findings,
      ...above('outOfRangeShare', name, outOfRangeShare(column, reference), limits.maxOutOfRangeShare),
    ];
  }
  const vocabulary = fitted.categorical.find((feature) => feature.column === name)?.vocabulary ?? [];
  const unseenLimit = Math.min(1, reference.unknownShare + limits.maxUnseenShare);
  return [...findings, ...above('unseenShare', name, unknownShareOf(column, vocabulary), unseenLimit)];
}

/** Rows against the median of the days before; the first day has nothing to compare with. */
function rowCountFindings(rows: number, history: readonly number[], limits: QualityLimits): QualityFinding[] {
  const check = 'rowCount';
  const severity = 'failure';
  if (rows === 0) return [{ check, observed: 0, limit: 1, severity }];
  const usual = history.length === 0 ? rows : medianOf([...history].sort((a, b) => a - b));
  const low = usual * limits.rowCount.minimumRatio;
  const high = usual * limits.rowCount.maximumRatio;
  if (rows < low) return [{ check, observed: rows, limit: low, severity }];
  return rows > high ? [{ check, observed: rows, limit: high, severity }] : [];
}

function labelFindings(table: Table, fitted: FittedPreprocessing): QualityFinding[] {
  const labelled = labelsOf(table, fitted.target).reduce((sum, label) => sum + (Number.isNaN(label) ? 0 : 1), 0);
  if (table.rows === 0 || labelled > 0) return [];
  return [{ check: 'labelShare', column: fitted.target.column, observed: 0, limit: 0, severity: 'warning' }];
}

/**
 * Judges a raw day (declared columns) against the reference and the days before. maxNullShare and
 * maxUnseenShare are allowed on top of the reference's own shares. Fails on any finding of severity failure.
 */
export function checkQuality(
  table: Table,
  fitted: FittedPreprocessing,
  history: { rows: readonly number[] },
  limits: QualityLimits,
): QualityVerdict {
  const columns = fitted.inputs.map(({ column }) => columnOf(table, column));
  const findings = [
    ...rowCountFindings(table.rows, history.rows, limits),
    ...columns.flatMap((column) => columnFindings(column, fitted, limits)),
    ...labelFindings(table, fitted),
  ];
  const failed = findings.some(({ severity }) => severity === 'failure');
  return { verdict: failed ? 'failed' : 'passed', findings };
}
