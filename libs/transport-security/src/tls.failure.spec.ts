import { tlsFailureCode } from './tls.failure';

const error = (code: string, cause?: unknown) => Object.assign(new Error('x', { cause }), { code });

describe('a failed TLS handshake', () => {
  it.each(['SELF_SIGNED_CERT_IN_CHAIN', 'CERT_HAS_EXPIRED', 'ERR_TLS_CERT_ALTNAME_INVALID', 'HOSTNAME_MISMATCH'])(
    'is told by %s',
    (code) => expect(tlsFailureCode(error(code))).toBe(code),
  );

  it('is told by a cause', () => {
    expect(tlsFailureCode(error('OUTER', error('INNER', error('DEPTH_ZERO_SELF_SIGNED_CERT'))))).toBe(
      'DEPTH_ZERO_SELF_SIGNED_CERT',
    );
  });

  it.each([error('ECONNREFUSED'), error('ECONNRESET'), new Error('CERT_HAS_EXPIRED'), 'CERT_HAS_EXPIRED', null])(
    'is not %s',
    (other) => expect(tlsFailureCode(other)).toBeUndefined(),
  );
});
