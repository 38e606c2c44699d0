export { type Authority, createAuthority } from './certificate.authority';
export { SecuredBroker, type User } from './secured.broker';
export { SecuredDatabase } from './secured.database';
