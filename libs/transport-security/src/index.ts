export { type Authority, type Certificate, createAuthority } from './certificate.authority';
export { certificateProblem, keyPairProblem } from './pem.check';
export { fileProblem } from './file.check';
export { tlsFailureCode } from './tls.failure';
export { probeTransport, type Transport } from './transport.probe';
