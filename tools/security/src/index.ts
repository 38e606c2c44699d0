export { type Authority, createAuthority } from '@perennial/service/testing';
export { SecuredBroker, type User } from './secured.broker';
export { SecuredDatabase } from './secured.database';
