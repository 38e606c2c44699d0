export { type Authority, createAuthority } from '@perennial/transport-security';
export { SecuredBroker, type User } from './secured.broker';
export { SecuredDatabase } from './secured.database';
