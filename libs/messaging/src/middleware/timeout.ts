import { MessagingError } from '../errors';
import type { Middleware } from '../handler';
import { shuttingDown } from '../sleep';

/**
 * Aborts the handler's signal when its time is over, or when the delivery is handed back, and stops waiting for it.
 * A handler that ignores the signal runs on, but its transaction never commits: see idempotency.
 */
export const timeout =
  (defaultMs: number): Middleware =>
  (next) =>
  async (delivery) => {
    const limitMs = delivery.timeoutMs ?? defaultMs;
    const controller = new AbortController();
    let stopWaiting: (error: Error) => void;
    const stopped = new Promise<never>((_, reject) => (stopWaiting = reject));
    const abort = (error: MessagingError) => {
      controller.abort(error);
      stopWaiting(error);
    };
    const onHandBack = () => abort(shuttingDown());
    const timer = setTimeout(
      () => abort(new MessagingError('HANDLER_TIMEOUT', `The handler did not finish within ${limitMs} ms`)),
      limitMs,
    );
    if (delivery.signal.aborted) onHandBack();
    delivery.signal.addEventListener('abort', onHandBack, { once: true });
    try {
      return await Promise.race([next({ ...delivery, signal: controller.signal }), stopped]);
    } finally {
      clearTimeout(timer);
      delivery.signal.removeEventListener('abort', onHandBack);
    }
  };
