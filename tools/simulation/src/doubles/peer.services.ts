import { ParquetSource } from '@perennial/columns';
import type { HttpNetwork } from '../world/http.network';

const TIMEOUT_MS = 20_000;

/** Services as their peers see them, over the simulated network. */
export class PeerServices {
  constructor(
    private readonly network: HttpNetwork,
    private readonly process: string,
  ) {}

  /** As FeatureReader reads: Parquet over HTTP. */
  async features(
    { view, version, ...body }: { view: string; version: number },
    signal: AbortSignal,
  ): Promise<ParquetSource> {
    const bytes = await this.ask('feature-store', `views/${view}/${version}`, body, signal);
    return ParquetSource.open(bytes as Uint8Array);
  }

  async fitted(metadataId: string, signal: AbortSignal): Promise<unknown> {
    const found = await this.ask('preprocessing', `metadata/${metadataId}`, null, signal);
    return (found as { fitted: unknown }).fitted;
  }

  /** What the deployer wants replicas to serve. */
  desired(): Promise<unknown> {
    return this.ask('deployer', 'desired', null, new AbortController().signal);
  }

  private async ask(host: string, path: string, body: unknown, signal: AbortSignal): Promise<unknown> {
    const late = new AbortController();
    const timer = setTimeout(() => late.abort(new PeerError(`${host}/${path} did not answer in time`)), TIMEOUT_MS);
    try {
      return await this.network.request(this.process, host, path, body, AbortSignal.any([signal, late.signal]));
    } catch (cause) {
      if (cause instanceof PeerError || (cause as { retryable?: unknown } | null)?.retryable === false) throw cause;
      throw new PeerError(`${host}/${path} did not answer: ${String(cause)}`, { cause });
    } finally {
      clearTimeout(timer);
    }
  }
}

/** The other service was not reached, or failed: the same request may succeed later. */
class PeerError extends Error {
  override readonly name = 'PeerError';
  readonly code = 'PEER_UNAVAILABLE';
  readonly retryable = true;
}
