export * from './broker-contract';
export * from './eventually';
export * from './in-memory-broker';
export * from './in-memory-dead-letters';
export * from './in-memory-unit-of-work';
