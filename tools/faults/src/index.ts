export type { Evidence, RegisteredVersion, StoredBatch } from './evidence/evidence';
export { type Outcome, outcomeOf } from './evidence/outcome';
export { describeViolations, invariants, violationsOf } from './invariants/invariants';
export type { Invariant, Violation } from './invariants/violation';
export { History } from './platform/history';
export { PlatformUnderTest } from './platform/platform.under.test';
export { type Disturbance, playStory, type Stage } from './scenario/scenario';
