import type { EarlyStopping, EpochRecord } from './training.request';

/** Of which the higher value is better; null where it cannot be measured. */
export const stoppingMetrics: Readonly<Record<EarlyStopping['metric'], (record: EpochRecord) => number | null>> = {
  logLoss: ({ validationLogLoss }) => (validationLogLoss === null ? null : -validationLogLoss),
  rocAuc: ({ validationRocAuc }) => validationRocAuc,
  f1: ({ validationF1 }) => validationF1,
};
