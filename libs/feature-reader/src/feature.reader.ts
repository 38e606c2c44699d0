import { ParquetSource, type Table } from '@perennial/columns';
import { request, type Dispatcher } from 'undici';
import { FeatureReadError } from './feature-read.error';

export interface FeatureQuery {
  view: string;
  /** Version of the view, from 1. */
  version: number;
  /** Batch ids; rows come in this order. */
  batches: readonly string[];
  /** All columns of the view when absent. */
  columns?: readonly string[];
  /** Rows whose `split` lies in [from, to). */
  split?: { from: number; to: number };
  /** Leaves out rows whose label is null. */
  labelledOnly?: boolean;
  /** Refuses batches that another fitted preprocessing prepared. */
  metadataId?: string;
}

export interface FeatureReaderOptions {
  /** Milliseconds until an unanswered read fails. */
  timeoutMs?: number;
  /** Sent with every read, such as who asks. */
  headers?: () => Readonly<Record<string, string>>;
  /** Ends a read early, with the signal's reason as the cause. */
  signal?: AbortSignal;
}

const DEFAULT_TIMEOUT_MS = 120_000;

/** Rows of a view, in its row groups; they may be read more than once. */
export class FeatureRows {
  constructor(private readonly source: ParquetSource) {}

  get rows(): number {
    return this.source.rows;
  }

  /**
   * One table per row group, in order; the named columns or all. Between two of them others get their turn: decoding one
   * keeps the thread busy for up to half a second. Throws ColumnsError where the file is damaged.
   */
  async *groups(options: { columns?: readonly string[] } = {}): AsyncGenerator<Table> {
    for await (const group of this.source.groups(options)) {
      yield group;
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
}

/** The feature store's read path: Parquet over HTTP, which is decoded piece by piece. */
export class FeatureReader {
  private readonly baseUrl: string;

  /** baseUrl: where the feature store answers, without a path, e.g. http://127.0.0.1:6566. */
  constructor(
    baseUrl: string,
    private readonly defaults: FeatureReaderOptions = {},
  ) {
    this.baseUrl = baseUrl.replace(/\/+$/, '');
  }

  /**
   * The file of the rows; its row groups are decoded as they are asked for, so that a large view is never in memory as
   * one table. Throws FeatureReadError; unreachable, 429 and 5xx are retryable.
   */
  async open(query: FeatureQuery, options: FeatureReaderOptions = {}): Promise<FeatureRows> {
    const { view, version, ...body } = query;
    const url = `${this.baseUrl}/api/v1/features/views/${encodeURIComponent(view)}/versions/${version}/read`;
    const bytes = await this.post(url, body, { ...this.defaults, ...options });
    try {
      return new FeatureRows(await ParquetSource.open(bytes));
    } catch (cause) {
      throw new FeatureReadError(
        'FEATURES_UNREADABLE',
        `${url} did not answer with Parquet`,
        false,
        { url },
        { cause },
      );
    }
  }

  private async post(url: string, body: unknown, options: FeatureReaderOptions): Promise<Uint8Array> {
    const timeout = AbortSignal.timeout(options.timeoutMs ?? DEFAULT_TIMEOUT_MS);
    const signal = options.signal ? AbortSignal.any([options.signal, timeout]) : timeout;
    try {
      // Not by fetch: it refuses some ports, among them 6566, which feature stores use.
      const response = await request(url, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          accept: 'application/vnd.apache.parquet',
          ...options.headers?.(),
        },
        body: JSON.stringify(body),
        signal,
      });
      if (response.statusCode !== 200) throw await refusal(url, response);
      return await bytesOf(response);
    } catch (cause) {
      if (cause instanceof FeatureReadError) throw cause;
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new FeatureReadError('FEATURES_UNREACHABLE', `${url} did not answer: ${reason}`, true, { url }, { cause });
    }
  }
}

/** Into an array of the announced length, so that a large answer is not held twice. */
async function bytesOf({ headers, body }: Dispatcher.ResponseData): Promise<Uint8Array> {
  const announced = Number(headers['content-length']);
  if (!Number.isSafeInteger(announced)) return new Uint8Array(await body.arrayBuffer());
  const bytes = new Uint8Array(announced);
  let length = 0;
  for await (const chunk of body as AsyncIterable<Uint8Array>) {
    bytes.set(chunk, length);
    length += chunk.length;
  }
  return bytes.subarray(0, length);
}

async function refusal(url: string, { statusCode, body }: Dispatcher.ResponseData): Promise<FeatureReadError> {
  const text = await body.text();
  const retryable = statusCode === 429 || statusCode >= 500;
  const code = retryable ? 'FEATURES_FAILED' : 'FEATURES_REFUSED';
  const details = { url, status: statusCode, answer: text.slice(0, 2000) };
  return new FeatureReadError(code, `${url} answered ${statusCode}: ${text.slice(0, 500)}`, retryable, details);
}
