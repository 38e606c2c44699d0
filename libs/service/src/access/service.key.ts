import type { Logger } from '../logger';
import { ConfigError } from '../config/parse-config';
import { WatchedFiles } from './watched.files';

/** Headers that tell another service who asks. */
export type PeerHeaders = () => Readonly<Record<string, string>>;

const visible = /^[\x21-\x7e]{1,16384}$/;

function keyOf([content]: readonly Buffer[]): string {
  const key = String(content).trim();
  if (!visible.test(key)) {
    throw new ConfigError('service', [
      { variable: 'SERVICE_KEY_FILE', rule: 'must hold one key or token and nothing else' },
    ]);
  }
  return key;
}

/** The key that this service gives to the others, as its file holds it now. Throws ConfigError. */
export const watchServiceKey = (file: string, logger: Logger): WatchedFiles<string> =>
  new WatchedFiles([file], keyOf, logger);
