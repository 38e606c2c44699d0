import { AccessControl, KeyRing, parseKeys } from '@perennial/access';
import type { Registry } from 'prom-client';
import { ConfigError } from '../config/parse-config';
import type { Logger } from '../logger';
import type { AccessConfig } from './access.config';
import { accessMetrics } from './access.metrics';
import { CallGuard } from './call.guard';
import { OidcTokens } from './oidc.tokens';
import { type PeerHeaders, watchServiceKey } from './service.key';
import { ServerTls } from './tls';
import { watchTls } from './tls.files';
import { WatchedFiles } from './watched.files';

/** What decides about requests to this service, and what it shows of itself to others. */
export interface ServiceAccess {
  /** Undefined where anybody may ask. */
  readonly guard?: CallGuard;
  readonly tls?: ServerTls;
  readonly peerHeaders: PeerHeaders;
  /** The keys as they are now. */
  readonly keys?: () => KeyRing;
  stop(): void;
}

function watchKeys(file: string, service: string, logger: Logger): WatchedFiles<KeyRing> {
  const read = ([content]: readonly Buffer[], before: KeyRing | undefined) =>
    new KeyRing(parseKeys(String(content)), before);
  try {
    return new WatchedFiles([file], read, logger);
  } catch (error) {
    throw new ConfigError(service, [{ variable: 'ACCESS_KEYS_FILE', rule: (error as Error).message }]);
  }
}

function tokensOf(config: AccessConfig, logger: Logger): OidcTokens | undefined {
  const { ACCESS_TOKEN_ISSUER: issuer, ACCESS_TOKEN_AUDIENCE: audience } = config;
  if (issuer === undefined || audience === undefined) return undefined;
  return new OidcTokens({
    issuer,
    audience,
    keysUrl: config.ACCESS_TOKEN_KEYS_URL,
    algorithms: config.ACCESS_TOKEN_ALGORITHMS,
    clockToleranceSeconds: config.ACCESS_TOKEN_CLOCK_TOLERANCE_SECONDS,
    scopeClaim: config.ACCESS_TOKEN_SCOPE_CLAIM,
    scopePrefix: config.ACCESS_TOKEN_SCOPE_PREFIX,
    nameClaim: config.ACCESS_TOKEN_NAME_CLAIM,
    logger,
  });
}

/** Reads keys and certificates, and goes on reading them. Throws ConfigError where one of them cannot be used. */
export function openAccess(
  service: string,
  config: AccessConfig,
  pipelines: readonly string[],
  metrics: Registry,
  logger: Logger,
): ServiceAccess {
  const onlyPipeline = pipelines.length === 1 ? pipelines[0] : undefined;
  const everyMs = config.ACCESS_RELOAD_SECONDS * 1000;
  const keyFile =
    config.ACCESS_KEYS_FILE === undefined ? undefined : watchKeys(config.ACCESS_KEYS_FILE, service, logger);
  const tokens = tokensOf(config, logger);
  const tlsFiles = watchTls(config, logger);
  const own = config.SERVICE_KEY_FILE === undefined ? undefined : watchServiceKey(config.SERVICE_KEY_FILE, logger);
  const tls = tlsFiles && new ServerTls(tlsFiles.current(), config.TLS_CLIENT_CERTIFICATES);
  const { ACCESS_RATE_PER_SECOND: perSecond, ACCESS_RATE_BURST: burst = perSecond } = config;
  const limit = perSecond === undefined || burst === undefined ? undefined : { perSecond, burst };
  const keys = keyFile && (() => keyFile.current());
  const now = Date.now;
  const elapsed = () => performance.now();
  const control = keys || tokens ? new AccessControl({ keys, tokens, limit, now, elapsed }) : undefined;
  const { refused } = accessMetrics(metrics, keys);
  keyFile?.start(everyMs);
  own?.start(everyMs);
  tlsFiles?.start(everyMs, (material) => tls?.replace(material));
  tokens?.start();
  return {
    guard: control && new CallGuard({ control, onlyPipeline, onRefused: ({ code }) => refused.inc({ code }) }),
    tls,
    keys,
    peerHeaders: (): Record<string, string> => (own ? { authorization: `Bearer ${own.current()}` } : {}),
    stop: () => {
      for (const running of [keyFile, own, tlsFiles, tokens]) running?.stop();
    },
  };
}
