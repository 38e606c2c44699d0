import { columnOf, type Column, type NumericColumn, type StringColumn, type Table } from '@perennial/columns';
import type { Pipeline } from '@perennial/pipeline';
import { labelsOf } from './apply';
import { medianOf } from './column.statistics';
import type { ColumnStatistics, FittedPreprocessing } from './fitted-preprocessing';

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

/** Counts of one column over all rows so far. odd: out of range, or outside the vocabulary. */
interface ColumnTally {
  column: string;
  nulls: number;
  odd: number;
  add(column: Column): void;
}

const share = (part: number, whole: number): number => (whole === 0 ? 0 : part / whole);

/** Declared bounds, else those of the reference; time moves on, so a date is held to declared bounds only. */
function numericTally(name: string, reference: ColumnStatistics): ColumnTally {
  const learned = reference.type !== 'date';
  const low = reference.declaredMinimum ?? (learned ? reference.min : null) ?? -Infinity;
  const high = reference.declaredMaximum ?? (learned ? reference.max : null) ?? Infinity;
  const tally: ColumnTally = {
    column: name,
    nulls: 0,
    odd: 0,
    add: (column) => {
      for (const value of (column as NumericColumn).values) {
        if (Number.isNaN(value)) tally.nulls++;
        else if (value < low || value > high) tally.odd++;
      }
    },
  };
  return tally;
}

function stringTally(name: string, vocabulary: readonly string[]): ColumnTally {
  const known = new Set(vocabulary);
  const tally: ColumnTally = {
    column: name,
    nulls: 0,
    odd: 0,
    add: (column) => {
      for (const value of (column as StringColumn).values) {
        if (value === null || value === '') tally.nulls++;
        else if (!known.has(value)) tally.odd++;
      }
    },
  };
  return tally;
}

/**
 * Judges a raw day (declared columns) against the reference and the days before; its rows may come in several tables.
 * maxNullShare and maxUnseenShare are allowed on top of the reference's own shares.
 */
export class QualityTally {
  private readonly columns: ColumnTally[];
  rows = 0;
  /** Rows with a label. */
  labelled = 0;

  constructor(private readonly fitted: FittedPreprocessing) {
    this.columns = fitted.inputs.flatMap(({ column, type }) => {
      const reference = fitted.statistics[column];
      if (!reference) return [];
      if (type !== 'string') return [numericTally(column, reference)];
      const vocabulary = fitted.categorical.find((feature) => feature.column === column)?.vocabulary ?? [];
      return [stringTally(column, vocabulary)];
    });
  }

  /** Throws where the table lacks a fitted input column. */
  add(table: Table): void {
    this.rows += table.rows;
    for (const { column } of this.fitted.inputs) columnOf(table, column);
    for (const tally of this.columns) tally.add(columnOf(table, tally.column));
    for (const label of labelsOf(table, this.fitted.target)) if (!Number.isNaN(label)) this.labelled++;
  }

  /** Fails on any finding of severity failure. history: row counts of the days before. */
  verdict(history: { rows: readonly number[] }, limits: QualityLimits): QualityVerdict {
    const findings = [
      ...rowCountFindings(this.rows, history.rows, limits),
      ...this.columns.flatMap((tally) => this.columnFindings(tally, limits)),
      ...this.labelFindings(),
    ];
    const failed = findings.some(({ severity }) => severity === 'failure');
    return { verdict: failed ? 'failed' : 'passed', findings };
  }

  private columnFindings({ column, nulls, odd }: ColumnTally, limits: QualityLimits): QualityFinding[] {
    const reference = this.fitted.statistics[column] as ColumnStatistics;
    const nullLimit = Math.min(1, reference.nullShare + limits.maxNullShare);
    const oddShare = share(odd, this.rows - nulls);
    const text = this.fitted.inputs.some((input) => input.column === column && input.type === 'string');
    return [
      ...above('nullShare', column, share(nulls, this.rows), nullLimit),
      ...(text
        ? above('unseenShare', column, oddShare, Math.min(1, reference.unknownShare + limits.maxUnseenShare))
        : above('outOfRangeShare', column, oddShare, limits.maxOutOfRangeShare)),
    ];
  }

  private labelFindings(): QualityFinding[] {
    if (this.rows === 0 || this.labelled > 0) return [];
    const { column } = this.fitted.target;
    return [{ check: 'labelShare', column, observed: 0, limit: 0, severity: 'warning' }];
  }
}

function above(check: QualityFinding['check'], column: string, observed: number, limit: number): QualityFinding[] {
  return observed > limit ? [{ check, column, observed, limit, severity: 'failure' }] : [];
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
