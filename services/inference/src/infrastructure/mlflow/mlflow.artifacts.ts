import { readFile, realpath, stat } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ServiceError } from '@perennial/service';
import { fetched, refused } from './mlflow.client';

const PROXY = '/api/2.0/mlflow-artifacts/artifacts';
const LOOPBACK = /^(localhost|127(\.\d+){3}|\[::1\])$/;

/** Files of one model directory. */
export interface ModelDirectory {
  /** Throws INVALID_ARTIFACT_PATH, ARTIFACT_TOO_LARGE, MLFLOW_REFUSED and MLFLOW_UNAVAILABLE. */
  read(path: string, maxBytes: number): Promise<Uint8Array>;
}

export interface ArtifactAccess {
  trackingUrl: string;
  /** Given to the tracking server and to nobody else. */
  headers(): Readonly<Record<string, string>>;
}

/**
 * The directory that an artifact URI names: behind the tracking server's proxy (`mlflow-artifacts:`), at an HTTP address, or on
 * this machine where the tracking server is on it too. Throws UNSUPPORTED_ARTIFACT_STORE.
 */
export function modelDirectory(uri: string, access: ArtifactAccess): ModelDirectory {
  const tracking = new URL(access.trackingUrl);
  const local = uri.startsWith('/') ? uri : uri.startsWith('file:') ? fileURLToPath(fileUrl(uri)) : null;
  if (local !== null) {
    if (LOOPBACK.test(tracking.hostname)) return localDirectory(local);
    throw unsupported(uri, 'lies in the file system of the tracking server');
  }
  const root = httpRoot(uri, tracking, access.trackingUrl);
  if (root === null) throw unsupported(uri, 'lies in a store of its own');
  return { read: (path, maxBytes) => download(root, requirePlain(path), maxBytes, access) };
}

/** `file:relative` and `file:/path` are both written. */
const fileUrl = (uri: string): string => (uri.startsWith('file://') ? uri : `file://${uri.slice('file:'.length)}`);

function httpRoot(uri: string, tracking: URL, trackingUrl: string): string | null {
  if (/^https?:\/\//.test(uri)) return uri.replace(/\/$/, '');
  if (!uri.startsWith('mlflow-artifacts:')) return null;
  const proxied = new URL(uri);
  const server = proxied.host === '' ? trackingUrl : `${tracking.protocol}//${proxied.host}`;
  return `${server}${PROXY}${proxied.pathname.replace(/\/$/, '')}`;
}

async function download(root: string, path: string, maxBytes: number, access: ArtifactAccess): Promise<Uint8Array> {
  const url = `${root}/${path.split('/').map(encodeURIComponent).join('/')}`;
  const isTracking = new URL(url).origin === new URL(access.trackingUrl).origin;
  const response = await fetched(url, { headers: isTracking ? access.headers() : {} });
  if (!response.ok || response.body === null) throw refused(url, response.status, await response.text());
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const part of response.body as unknown as AsyncIterable<Uint8Array>) {
    bytes += part.byteLength;
    if (bytes > maxBytes) throw tooLarge(url, maxBytes);
    parts.push(part);
  }
  return Buffer.concat(parts);
}

const localDirectory = (root: string): ModelDirectory => ({
  async read(path, maxBytes) {
    const wanted = join(root, requirePlain(path));
    try {
      const [directory, file] = await Promise.all([realpath(root), realpath(wanted)]);
      if (!file.startsWith(directory + sep)) throw unplain(path);
      if ((await stat(file)).size > maxBytes) throw tooLarge(wanted, maxBytes);
      return await readFile(file);
    } catch (cause) {
      if (cause instanceof ServiceError) throw cause;
      const { message } = cause as Error;
      throw new ServiceError(
        'MLFLOW_REFUSED',
        502,
        `${wanted}: ${message}`,
        { path: wanted },
        { cause, retryable: false },
      );
    }
  },
});

/** Names of files come from files. */
function requirePlain(path: string): string {
  const isPlain = path !== '' && !/[\\\0]/.test(path) && path.split('/').every((part) => !/^\.{0,2}$/.test(part));
  if (isPlain) return path;
  throw unplain(path);
}

function unplain(path: string): ServiceError {
  const rule = 'must name a file in the directory of the model, or below it';
  const details = { value: path, rule };
  return new ServiceError('INVALID_ARTIFACT_PATH', 502, `${JSON.stringify(path)} ${rule}`, details, {
    retryable: false,
  });
}

function tooLarge(url: string, maxBytes: number): ServiceError {
  const details = { url, maxBytes };
  return new ServiceError('ARTIFACT_TOO_LARGE', 502, `${url}: must be at most ${maxBytes} bytes`, details, {
    retryable: false,
  });
}

function unsupported(uri: string, why: string): ServiceError {
  const rule =
    'must be given out by the tracking server (mlflow server --artifacts-destination, the default of --serve-artifacts)';
  const details = { value: uri, rule };
  return new ServiceError('UNSUPPORTED_ARTIFACT_STORE', 502, `${uri} ${why}: files of models ${rule}`, details, {
    retryable: false,
  });
}
