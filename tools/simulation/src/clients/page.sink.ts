import type { Page } from '@perennial/integrity';
import { RandomStream } from '../scheduler/random.stream';
import type { Scheduler } from '../scheduler/scheduler';

interface Answer {
  status: number;
  headers: Record<string, string>;
  delayMs: number;
}

const SLOW_MS = 15_000;

/** PagerDuty and the like, outside of all processes: takes requests, and does not always say so in time. */
export class PageSink {
  /** Requests that were accepted, in order. */
  readonly pages: Page[] = [];
  healthy = false;
  private readonly random: RandomStream;

  constructor(
    private readonly scheduler: Scheduler,
    seed: number,
  ) {
    this.random = new RandomStream(seed, 'page sink');
  }

  /** Takes the place of the global fetch. */
  fetch = async (url: string, { body, signal }: { body: string; signal: AbortSignal }): Promise<object> => {
    const caller = this.scheduler.current;
    if (!caller) throw new TypeError('fetch outside of a process');
    const name = new URL(url).hostname;
    const posting = this.scheduler.perform(caller.name, { target: 'http', name }, () => this.take(url, body));
    const answer = await unlessAborted(posting, signal);
    if (answer.delayMs > 0) {
      await unlessAborted(new Promise((resolve) => void setTimeout(resolve, answer.delayMs)), signal);
    }
    return {
      ...{ status: answer.status, ok: answer.status < 300 },
      headers: { get: (header: string) => answer.headers[header] ?? null },
      text: async () => '{}',
    };
  };

  private take(url: string, body: string): Answer {
    const luck = this.healthy ? 1 : this.random.next();
    if (luck < 0.1) return { status: 429, headers: { 'retry-after': '3' }, delayMs: 0 };
    if (luck < 0.2) return { status: 500, headers: {}, delayMs: 0 };
    if (url.includes('pagerduty')) this.pages.push(JSON.parse(body) as Page);
    return { status: 202, headers: {}, delayMs: luck < 0.25 ? SLOW_MS : 0 };
  }
}

function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason);
    const abort = () => reject(signal.reason);
    signal.addEventListener('abort', abort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}
