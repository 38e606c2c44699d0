export { collectionNames, ensureMessagingIndexes } from './collection.names';
export { connectDatabase, requireReplication } from './database.connection';
export { isDuplicateKey, toDatabaseError } from './database.errors';
export { type LeaseTerms, whileHeld } from './held.lease';
export { type Lease, LeaseStore } from './lease.store';
export { type MongoConfig, mongoConfigSchema, mongoEnvironmentSchema } from './mongo.config';
export { MongoUnitOfWork, sessionOf } from './mongo.unit-of-work';
export { OutboxRelay, type OutboxRelayOptions } from './outbox.relay';
export { type Revisioned, saveByRevision } from './revision.save';
