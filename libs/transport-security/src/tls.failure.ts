// Node's codes of certificate verification, of OpenSSL (alerts of the other side included) and of the tls module.
const tlsCode =
  /^(ERR_SSL_|ERR_TLS_|ERR_OSSL_|CERT_|CRL_|UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_|ERROR_IN_CERT_|ERROR_IN_CRL_)|^(HOSTNAME_MISMATCH|INVALID_CA|INVALID_PURPOSE|PATH_LENGTH_EXCEEDED)$/;

/** The code, on the error or one of its causes, of a TLS handshake that failed; undefined for any other error. */
export function tlsFailureCode(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  const { code, cause } = error as { code?: unknown; cause?: unknown };
  return typeof code === 'string' && tlsCode.test(code) ? code : tlsFailureCode(cause);
}
