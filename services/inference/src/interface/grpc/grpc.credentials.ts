import { experimental, ServerCredentials } from '@grpc/grpc-js';
import type { ServerTls, TlsMaterial } from '@perennial/service';

type Listener<T> = (update: T | null) => void;

/** Gives out what a certificate is now, and again when it changes. */
class Updates<T> {
  private readonly listeners = new Set<Listener<T>>();

  constructor(
    private readonly tls: ServerTls,
    private readonly read: (material: TlsMaterial) => T,
  ) {
    tls.onChange((material) => this.listeners.forEach((listener) => listener(read(material))));
  }

  readonly add = (listener: Listener<T>): void => {
    this.listeners.add(listener);
    // The library listens for the server only after it has asked; what came before it would never use.
    queueMicrotask(() => listener(this.read(this.tls.current())));
  };

  readonly remove = (listener: Listener<T>): void => void this.listeners.delete(listener);
}

/** New connections get the certificate of then; clients must show theirs where an authority is given. */
export function grpcCredentials(tls: ServerTls | undefined): ServerCredentials {
  if (!tls) return ServerCredentials.createInsecure();
  const identity = new Updates(tls, ({ cert, key }) => ({ certificate: cert, privateKey: key }));
  const authority = new Updates(tls, ({ ca }) => ({ caCertificate: ca as Buffer }));
  const provider = {
    addIdentityCertificateListener: identity.add,
    removeIdentityCertificateListener: identity.remove,
    addCaCertificateListener: authority.add,
    removeCaCertificateListener: authority.remove,
  };
  const mutual = tls.current().ca !== undefined;
  // The library's first parameter is for the identity, whatever its name says.
  return experimental.createCertificateProviderServerCredentials(provider, mutual ? provider : null, mutual);
}
