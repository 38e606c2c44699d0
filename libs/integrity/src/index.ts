export { type CheckedInvariant, checkHistory, type IntegrityReport, violatedBy } from './checking/check.history';
export { HistoryView } from './checking/history.view';
export { type Finding, type Invariant, type Violation } from './checking/invariant';
export { describeViolations, excerpt, type ToldEvent } from './checking/report.text';
export { type BatchSplit, splitBatch, splitOf, type SplitRow } from './history/batch.split';
export * from './history/history';
export { accountRows, type DayRows, rowKey, type RowKeys, rowKeysOf, type RowSources } from './history/row.account';
export {
  explainQuarantine,
  QuarantineExamination,
  type QuarantineExplained,
  type QuarantinedRecord,
} from './history/quarantine';
export { scopeTo } from './history/scope';
export { describeSample, type Sample, sampleOf } from './history/sample';
export { invariants } from './invariants';
export { incidentsOf, type PagedIncident } from './history/incidents';
