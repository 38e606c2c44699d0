import type { Scheduler, Timer } from './scheduler';

/** What takes the place of setTimeout's object: code under simulation clears, unrefs and refreshes nothing else. */
interface VirtualTimeout {
  timer: Timer;
  unref(): VirtualTimeout;
  ref(): VirtualTimeout;
  hasRef(): boolean;
}

const replaced = ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'Date', 'performance'] as const;

/**
 * For the length of a run, timers, clocks and Math.random of this thread are the scheduler's: a timer belongs to the
 * process that set it, `Date` shows that process's own clock, `performance.now()` is true and monotonic. Returns how
 * to put everything back.
 */
export function installVirtualGlobals(scheduler: Scheduler): () => void {
  const saved = Object.fromEntries(replaced.map((name) => [name, Object.getOwnPropertyDescriptor(globalThis, name)]));
  const { random } = Math;
  const values = { ...timersOf(scheduler), Date: dateOf(scheduler), performance: { now: () => scheduler.elapsed() } };
  for (const [name, value] of Object.entries(values)) {
    Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
  }
  Math.random = scheduler.random;
  const { timeout } = AbortSignal;
  AbortSignal.timeout = (ms) => {
    const controller = new AbortController();
    scheduler.after(ms, () => controller.abort(new DOMException('The operation timed out', 'TimeoutError')));
    return controller.signal;
  };
  return () => {
    for (const [name, descriptor] of Object.entries(saved)) {
      if (descriptor) Object.defineProperty(globalThis, name, descriptor);
    }
    Math.random = random;
    AbortSignal.timeout = timeout;
  };
}

function timersOf(scheduler: Scheduler) {
  const handle = (timer: Timer): VirtualTimeout => {
    const timeout: VirtualTimeout = { timer, unref: () => timeout, ref: () => timeout, hasRef: () => true };
    return timeout;
  };
  const clear = (timeout: VirtualTimeout | undefined): void => timeout?.timer.cancel();
  // Like Node's: no less than a millisecond, so that a loop of timers lets time pass.
  const delay = (ms: number | undefined): number => Math.max(1, ms ?? 1);
  const setTimeout = (callback: (...args: unknown[]) => void, ms?: number, ...args: unknown[]) =>
    handle(scheduler.after(delay(ms), () => callback(...args)));
  const setInterval = (callback: (...args: unknown[]) => void, ms?: number, ...args: unknown[]) => {
    const beat = () => {
      timeout.timer = scheduler.after(delay(ms), beat);
      callback(...args);
    };
    const timeout = handle(scheduler.after(delay(ms), beat));
    return timeout;
  };
  return { setTimeout, setInterval, clearTimeout: clear, clearInterval: clear };
}

function dateOf(scheduler: Scheduler): DateConstructor {
  const RealDate = Date;
  const now = (): number => Math.floor(scheduler.now() + (scheduler.current?.skewMs ?? 0));
  // Makes dates of the real class, so that whoever asks for their constructor or prototype finds what it expects.
  function VirtualDate(...args: number[]): Date {
    return args.length === 0 ? new RealDate(now()) : new RealDate(...(args as [number]));
  }
  VirtualDate.prototype = RealDate.prototype;
  Object.assign(VirtualDate, { now, parse: RealDate.parse, UTC: RealDate.UTC });
  return VirtualDate as unknown as DateConstructor;
}
