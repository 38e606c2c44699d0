export type { DatabaseHarness } from './database.harness';
export { describeMessagingContract } from './messaging.contract';
