import type { FittedPreprocessing } from '@perennial/preprocessing-steps';
import type { PreprocessingMetadata } from '../application/ports';
import { PreprocessingReadError } from './preprocessing-read.error';

/** Fitted preprocessing over the API of the service that owns it. */
export class HttpPreprocessing implements PreprocessingMetadata {
  private readonly baseUrl: string;

  /** baseUrl: without a path, e.g. http://127.0.0.1:8088. */
  constructor(
    baseUrl: string,
    private readonly timeoutMs: number,
    private readonly peerHeaders: () => Readonly<Record<string, string>> = () => ({}),
  ) {
    this.baseUrl = baseUrl.replace(/\/+$/, '');
  }

  /** Throws PreprocessingReadError; unreachable, 429 and 5xx are retryable. */
  async fitted(metadataId: string, signal: AbortSignal): Promise<FittedPreprocessing> {
    const url = `${this.baseUrl}/api/v1/preprocessing/metadata/${encodeURIComponent(metadataId)}`;
    const response = await this.get(url, AbortSignal.any([signal, AbortSignal.timeout(this.timeoutMs)]));
    const fitted = (response as { fitted?: FittedPreprocessing } | null)?.fitted;
    if (fitted?.version === 1) return fitted;
    const rule = 'must hold a fitted preprocessing of version 1';
    throw new PreprocessingReadError('PREPROCESSING_UNREADABLE', `${url} ${rule}`, false, { url, rule });
  }

  private async get(url: string, signal: AbortSignal): Promise<unknown> {
    let answer: { status: number; text: string };
    try {
      const response = await fetch(url, { headers: { accept: 'application/json', ...this.peerHeaders() }, signal });
      answer = { status: response.status, text: await response.text() };
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new PreprocessingReadError(
        'PREPROCESSING_UNREACHABLE',
        `${url} did not answer: ${reason}`,
        true,
        { url },
        cause,
      );
    }
    const { status, text } = answer;
    if (status === 200) return parsed(url, text);
    const details = { url, status, answer: text.slice(0, 2_000) };
    const retryable = status === 429 || status >= 500;
    const code = retryable ? 'PREPROCESSING_FAILED' : 'PREPROCESSING_REFUSED';
    throw new PreprocessingReadError(code, `${url} answered ${status}: ${text.slice(0, 500)}`, retryable, details);
  }
}

function parsed(url: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new PreprocessingReadError(
      'PREPROCESSING_UNREADABLE',
      `${url} did not answer with JSON`,
      false,
      { url },
      cause,
    );
  }
}
