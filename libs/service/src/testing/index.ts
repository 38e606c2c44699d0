export { type Authority, type Certificate, createAuthority } from './certificate.authority';
export { postReadingLate, type LateReaderRequest } from './late.reader';
