import { CommandError, exitCode, interrupted, unreachable } from '../command.error';

const timeoutMs = 30_000;
const uploadTimeoutMs = 300_000;

interface ErrorBody {
  error?: { code?: string; message?: string; details?: Record<string, unknown> };
}

const exitOfStatus = (status: number) =>
  status === 400 || status === 404 || status === 413 || status === 415 || status === 422
    ? exitCode.usage
    : status === 502 || status === 503 || status === 504
      ? exitCode.unreachable
      : exitCode.failed;

type Query = Readonly<Record<string, string | number | undefined>>;

function withQuery(path: string, query: Query): string {
  const given = Object.entries(query).filter(([, value]) => value !== undefined);
  const search = new URLSearchParams(
    Object.fromEntries(given.map(([name, value]) => [name, String(value)])),
  ).toString();
  return search ? `${path}?${search}` : path;
}

/** The error a service answered with, told in its own words. */
function answeredError(status: number, path: string, body: unknown): CommandError {
  const { code, message, details } = (body as ErrorBody | null)?.error ?? {};
  const told = message ?? `${path} answered ${status}`;
  const hint = status === 401 ? 'set PERENNIAL_KEY; `perennial key create` makes a key' : undefined;
  return new CommandError(exitOfStatus(status), told, { code: code ?? `HTTP_${status}`, details, hint });
}

function parsed(text: string): unknown {
  try {
    return text === '' ? null : JSON.parse(text);
  } catch {
    return text;
  }
}

/** JSON over HTTP. @throws CommandError when nothing answers (exit 3) or the answer is an error */
export class PlatformClient {
  constructor(
    readonly url: string,
    private readonly signal?: AbortSignal,
    /** API key or token. */
    private readonly key?: string,
  ) {}

  get<T>(path: string, query: Query = {}): Promise<T> {
    return this.request<T>('GET', withQuery(path, query));
  }

  post<T>(path: string, body: unknown): Promise<T> {
    return this.request<T>('POST', path, body);
  }

  /** A file, which may take long to be looked through. */
  upload<T>(path: string, query: Query, file: Uint8Array): Promise<T> {
    return this.request<T>('POST', withQuery(path, query), file);
  }

  private async request<T>(method: string, path: string, body?: unknown): Promise<T> {
    let response: Response;
    try {
      const isFile = body instanceof Uint8Array;
      const limit = AbortSignal.timeout(isFile ? uploadTimeoutMs : timeoutMs);
      const type = isFile ? 'application/octet-stream' : 'application/json';
      response = await fetch(`${this.url}${path}`, {
        method,
        headers: {
          ...(body === undefined ? {} : { 'content-type': type }),
          ...(this.key ? { authorization: `Bearer ${this.key}` } : {}),
        },
        body: body === undefined ? undefined : isFile ? new Uint8Array(body) : JSON.stringify(body),
        signal: this.signal ? AbortSignal.any([this.signal, limit]) : limit,
      });
    } catch (cause) {
      if (this.signal?.aborted) throw interrupted();
      const hint = 'start it with `perennial up`, or see `perennial status`';
      throw unreachable(`${this.url} does not answer (${reason(cause)})`, { hint, cause });
    }
    const answer = parsed(await response.text());
    if (!response.ok) throw answeredError(response.status, path, answer);
    return answer as T;
  }
}

const reason = (error: unknown): string => {
  const { cause, message } = error as Error & { cause?: { code?: string } };
  return cause?.code ?? message;
};
