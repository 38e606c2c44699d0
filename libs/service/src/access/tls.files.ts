import { createSecureContext } from 'node:tls';
import { certificateProblem, keyPairProblem } from '@perennial/transport-security';
import { ConfigError } from '../config/parse-config';
import type { Logger } from '../logger';
import type { AccessConfig } from './access.config';
import { WatchedFiles } from './watched.files';

/** PEM texts. */
export interface TlsMaterial {
  readonly cert: Buffer;
  readonly key: Buffer;
  /** Of the authority whose certificates clients must have; without it, clients need none. */
  readonly ca?: Buffer;
}

function materialOf([cert, key, ca]: readonly Buffer[]): TlsMaterial {
  const problems = [
    ['TLS_CERT_FILE', certificateProblem(String(cert))],
    ['TLS_KEY_FILE', keyPairProblem(String(cert), String(key))],
    ['TLS_CLIENT_CA_FILE', ca && certificateProblem(String(ca))],
  ].flatMap(([variable, rule]) => (rule ? [{ variable: variable as string, rule }] : []));
  if (problems.length > 0) throw new ConfigError('TLS', problems);
  const material = { cert: cert as Buffer, key: key as Buffer, ca };
  createSecureContext(material);
  return material;
}

/** Certificate and key as they are now; a pair of which only one was replaced yet is not taken. Throws ConfigError. */
export function watchTls(config: AccessConfig, logger: Logger): WatchedFiles<TlsMaterial> | undefined {
  const { TLS_CERT_FILE: cert, TLS_KEY_FILE: key, TLS_CLIENT_CA_FILE: ca } = config;
  if (cert === undefined || key === undefined) return undefined;
  return new WatchedFiles(ca === undefined ? [cert, key] : [cert, key, ca], materialOf, logger);
}
