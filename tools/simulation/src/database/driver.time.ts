import timers from 'node:timers';
import promises from 'node:timers/promises';
import { driverClock } from './driver.internals';

/**
 * Lets the driver's backoff, its server selection and its deadlines follow the globals `setTimeout`, `clearTimeout` and
 * `performance`, whatever they are at that moment: the driver takes its timers from modules. Returns how to undo it.
 */
export function redirectDriverTime(): () => void {
  const original = {
    setTimeout: timers.setTimeout,
    clearTimeout: timers.clearTimeout,
    promised: promises.setTimeout,
    processTimeMS: driverClock.processTimeMS,
  };
  const follow = {
    setTimeout: (...values: Parameters<typeof setTimeout>) => globalThis.setTimeout(...values),
    clearTimeout: (timer: NodeJS.Timeout) => globalThis.clearTimeout(timer),
  };
  Object.assign(timers, follow);
  Object.assign(promises, { setTimeout: delay });
  driverClock.processTimeMS = () => Math.floor(performance.now());
  return () => {
    Object.assign(timers, { setTimeout: original.setTimeout, clearTimeout: original.clearTimeout });
    Object.assign(promises, { setTimeout: original.promised });
    driverClock.processTimeMS = original.processTimeMS;
  };
}

/** As `setTimeout` of node:timers/promises. */
function delay<T>(milliseconds: number, value: T, { signal }: { signal?: AbortSignal } = {}): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => {
      globalThis.clearTimeout(timer);
      reject(new DOMException('The operation was aborted', 'AbortError'));
    };
    const timer = globalThis.setTimeout(() => {
      signal?.removeEventListener('abort', abort);
      resolve(value);
    }, milliseconds);
    if (signal?.aborted) return abort();
    signal?.addEventListener('abort', abort, { once: true });
  });
}
