export { fuzz, type FuzzFailure, type FuzzOptions, type FuzzReport } from './fuzz.run';
export { type FuzzTarget, Violation } from './fuzz.target';
export { targets } from './targets';
