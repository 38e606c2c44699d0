import type { AccessConfig } from './access.config';
import type { TlsMaterial } from './tls.files';

export type TlsListener = (material: TlsMaterial) => void;

/** The certificate of this service, for every server that it opens. */
export class ServerTls {
  private readonly listeners = new Set<TlsListener>();

  constructor(
    private material: TlsMaterial,
    /** Whether HTTP lets clients without a certificate ask for its health. */
    readonly certificates: AccessConfig['TLS_CLIENT_CERTIFICATES'],
  ) {}

  current(): TlsMaterial {
    return this.material;
  }

  /** Connections that are open keep what they began with. */
  replace(material: TlsMaterial): void {
    this.material = material;
    for (const listener of this.listeners) listener(material);
  }

  onChange(listener: TlsListener): void {
    this.listeners.add(listener);
  }
}
