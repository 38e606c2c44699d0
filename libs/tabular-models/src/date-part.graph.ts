import * as op from '@perennial/onnx-graph';

export interface CivilDate {
  readonly year: op.Value;
  readonly month: op.Value;
  readonly dayOfMonth: op.Value;
  /** 0 = Monday … 6 = Sunday. */
  readonly dayOfWeek: op.Value;
}

// 400 years have 146,097 days. Adding 1000 such eras keeps every number positive (ONNX's integer Div truncates)
// for all whole days that float32 holds exactly.
const ERA_DAYS = 146_097;
const ERAS = 1000;
/** From 0000-03-01 to 1970-01-01. */
const EPOCH_DAYS = 719_468;

/**
 * Gregorian calendar from days since 1970-01-01 (int64, any shape): Howard Hinnant's civil_from_days, years that begin
 * in March.
 */
export function civilDate(g: op.Graph, days: op.Value): CivilDate {
  const n = (value: number) => op.scalar(g, value, days);
  const plus = (a: op.Value, value: number) => op.add(g, a, n(value));
  const over = (a: op.Value, value: number) => op.div(g, a, n(value));
  const times = (a: op.Value, value: number) => op.mul(g, a, n(value));
  const remainder = (a: op.Value, value: number) => op.sub(g, a, times(over(a, value), value));

  const shifted = plus(days, EPOCH_DAYS + ERAS * ERA_DAYS);
  const era = over(shifted, ERA_DAYS);
  const dayOfEra = op.sub(g, shifted, times(era, ERA_DAYS));
  const leapDays = op.sub(g, op.sub(g, over(dayOfEra, 36_524), over(dayOfEra, 1460)), over(dayOfEra, 146_096));
  const yearOfEra = over(op.add(g, dayOfEra, leapDays), 365);
  const daysBefore = op.sub(g, op.add(g, times(yearOfEra, 365), over(yearOfEra, 4)), over(yearOfEra, 100));
  const dayOfYear = op.sub(g, dayOfEra, daysBefore);
  const marchMonth = over(plus(times(dayOfYear, 5), 2), 153);
  const dayOfMonth = plus(op.sub(g, dayOfYear, over(plus(times(marchMonth, 153), 2), 5)), 1);
  const inNextYear = op.cast(g, op.greater(g, marchMonth, n(9)), 'int64');
  const month = op.sub(g, plus(marchMonth, 3), times(inNextYear, 12));
  const year = plus(op.add(g, op.add(g, yearOfEra, times(era, 400)), inNextYear), -400 * ERAS);
  // 1970-01-01 was a Thursday, 3; ERA_DAYS is a multiple of 7.
  const dayOfWeek = remainder(plus(days, 3 + ERAS * ERA_DAYS), 7);
  return { year, month, dayOfMonth, dayOfWeek };
}
