import { readParquet, type Table } from '@perennial/columns';
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
  /** Ends a read early, with the signal's reason as the cause. */
  signal?: AbortSignal;
}

const DEFAULT_TIMEOUT_MS = 120_000;

/** The feature store's read path: Parquet over HTTP, as a table. */
export class FeatureReader {
  private readonly baseUrl: string;

  /** baseUrl: where the feature store answers, without a path, e.g. http://127.0.0.1:6566. */
  constructor(
    baseUrl: string,
    private readonly defaults: FeatureReaderOptions = {},
  ) {
    this.baseUrl = baseUrl.replace(/\/+$/, '');
  }

  /** Throws FeatureReadError; unreachable, 429 and 5xx are retryable. */
  async read(query: FeatureQuery, options: FeatureReaderOptions = {}): Promise<Table> {
    const { view, version, ...body } = query;
    const url = `${this.baseUrl}/api/v1/features/views/${encodeURIComponent(view)}/versions/${version}/read`;
    const bytes = await this.post(url, body, { ...this.defaults, ...options });
    try {
      return await readParquet(bytes);
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
        headers: { 'content-type': 'application/json', accept: 'application/vnd.apache.parquet' },
        body: JSON.stringify(body),
        signal,
      });
      if (response.statusCode !== 200) throw await refusal(url, response);
      return new Uint8Array(await response.body.arrayBuffer());
    } catch (cause) {
      if (cause instanceof FeatureReadError) throw cause;
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new FeatureReadError('FEATURES_UNREACHABLE', `${url} did not answer: ${reason}`, true, { url }, { cause });
    }
  }
}

async function refusal(url: string, { statusCode, body }: Dispatcher.ResponseData): Promise<FeatureReadError> {
  const text = await body.text();
  const retryable = statusCode === 429 || statusCode >= 500;
  const code = retryable ? 'FEATURES_FAILED' : 'FEATURES_REFUSED';
  const details = { url, status: statusCode, answer: text.slice(0, 2000) };
  return new FeatureReadError(code, `${url} answered ${statusCode}: ${text.slice(0, 500)}`, retryable, details);
}
