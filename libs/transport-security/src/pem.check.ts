import { X509Certificate } from 'node:crypto';
import { createSecureContext } from 'node:tls';

/** Why the text is no PEM certificate; undefined when it is. Never quotes the text. */
export function certificateProblem(pem: string): string | undefined {
  try {
    new X509Certificate(pem);
    return undefined;
  } catch {
    return 'must hold a certificate in PEM format';
  }
}

/** Why the key is not the one of the certificate, both PEM; undefined when it is. An encrypted key is a problem too. */
export function keyPairProblem(cert: string, key: string): string | undefined {
  try {
    createSecureContext({ cert, key });
    return undefined;
  } catch {
    return 'must hold the unencrypted private key of the certificate in PEM format';
  }
}
