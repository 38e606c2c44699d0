import { isIP } from 'node:net';
import { connect } from 'node:tls';

/** What answers at an address. `plain`: it takes TCP connections and does not begin TLS. */
export type Transport = 'tls' | 'plain' | 'away';

// An alert is TLS; a record of another version or length is something else that answered.
const isAlert = (code: unknown) => typeof code === 'string' && /^ERR_SSL_.*ALERT/.test(code);

/** Begins a TLS handshake with host:port and ends it. Trusts nobody and sends nothing: no credentials leave. */
export function probeTransport(address: string, timeoutMs = 2_000): Promise<Transport> {
  const separator = address.lastIndexOf(':');
  const host = address.slice(0, separator).replace(/^\[|\]$/g, '');
  const port = Number(address.slice(separator + 1));
  return new Promise((resolve) => {
    let reached = false;
    const servername = isIP(host) ? undefined : host;
    const socket = connect({ host, port, servername, rejectUnauthorized: false });
    const finish = (transport: Transport) => {
      socket.destroy();
      resolve(transport);
    };
    const withoutTls = () => finish(reached ? 'plain' : 'away');
    socket.setTimeout(timeoutMs, withoutTls);
    socket.once('connect', () => (reached = true));
    socket.once('secureConnect', () => finish('tls'));
    socket.on('error', ({ code }: NodeJS.ErrnoException) => (isAlert(code) ? finish('tls') : withoutTls()));
    socket.once('close', withoutTls);
  });
}
