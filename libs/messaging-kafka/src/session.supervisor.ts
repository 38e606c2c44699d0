import { backoffDelay, type BackoffPolicy, type ConsumerState, type Logger, type Sleep } from '@perennial/messaging';
import { toMessagingError } from './broker.errors';

/** One life of a client: from connecting until it failed or was closed. */
export interface Session {
  /** Resolves with the reason when the client is lost; never rejects. */
  failed: Promise<unknown>;
  /** Releases everything, in bounded time even when the broker is gone. */
  close(): Promise<void>;
  /** Like close, but lets running work finish first, within its grace period. */
  drain(): Promise<void>;
}

export interface SupervisorOptions {
  open(): Promise<Session>;
  /** Whether a broker can be reached; asked before every open, so that no client is started against nothing. */
  probe(): Promise<boolean>;
  onState(state: ConsumerState): void;
  sleep: Sleep;
  random(): number;
  logger: Logger;
  signal: AbortSignal;
  backoff?: BackoffPolicy;
}

/**
 * Keeps a session open until the signal is aborted. A lost client is thrown away whole: kafkajs 2 can spin the event
 * loop when all brokers are gone (upstream issue 1384) and does not always come back by itself (upstream issue 659).
 */
export async function superviseSession(options: SupervisorOptions): Promise<void> {
  const { signal, onState, logger, backoff = { initialMs: 250, maximumMs: 5_000 } } = options;
  const aborted = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
  let failures = 0;
  onState('starting');
  while (!signal.aborted) {
    let session: Session | undefined;
    try {
      if (!(await options.probe())) throw new Error('no broker accepts connections');
      session = await options.open();
      failures = 0;
      onState('running');
      const lost = await Promise.race([session.failed.then((reason) => ({ reason })), aborted]);
      if (lost) throw lost.reason;
      await session.drain();
    } catch (error) {
      failures++;
      onState('reconnecting');
      const delayMs = backoffDelay(failures, backoff, options.random());
      const failure = toMessagingError(error, 'consume');
      const fields = { err: failure, code: failure.code, failures, delayMs };
      if (failure.retryable) logger.warn(fields, 'Broker connection lost, trying again');
      else logger.error(fields, 'The broker refuses this consumer, trying again');
      await session?.close();
      await options.sleep(delayMs, signal).catch(() => {});
    }
  }
  onState('stopped');
}
