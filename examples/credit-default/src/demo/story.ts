import type { ReceivedAlert } from './alert.sink';
import { type DayEntry, emptyLedger, entryOf, isSettled, record } from './day.ledger';
import { type Incident, incidentOfDay, incidentsOf } from './incident';
import type { Observation } from './platform.observation';

/** A day that got no verdict, or a platform that went silent. */
export class StoryError extends Error {
  readonly retryable = false;

  constructor(
    readonly code: 'DAY_FAILED' | 'SILENT' | 'PLATFORM_ENDED' | 'CHILD_ENDED',
    message: string,
    readonly details: Readonly<Record<string, unknown>> = {},
  ) {
    super(message);
    this.name = 'StoryError';
  }
}

const SILENCE_MS = 120_000;

/** What has happened so far, and waiting for what is to come. */
export class Story {
  private ledger = emptyLedger;
  private readonly waiting = new Set<() => void>();
  private lastNews = performance.now();

  /** `received` is what the alert sink fills. */
  constructor(
    private readonly received: () => readonly ReceivedAlert[],
    private readonly platformRuns: () => boolean,
  ) {}

  observe(observation: Observation): void {
    this.ledger = record(this.ledger, observation);
    this.news();
  }

  /** Something changed: whoever waits looks again. */
  news(): void {
    this.lastNews = performance.now();
    for (const look of this.waiting) look();
  }

  get serving(): string | null {
    return this.ledger.serving;
  }

  day(day: string): DayEntry {
    return entryOf(this.ledger, day);
  }

  incidents(): Incident[] {
    return incidentsOf(this.received());
  }

  /** The day's verdict has fallen, a promoted model serves, and a person was paged if one was needed. */
  isOver(day: string): boolean {
    const entry = this.day(day);
    return isSettled(entry) && (entry.verdict !== 'exhausted' || incidentOfDay(this.incidents(), day) !== undefined);
  }

  /** Rejects when the day failed, the platform ended, when nothing at all happened for two minutes, or when the signal is aborted. */
  until(condition: () => boolean, waitingFor: string, signal: AbortSignal, day?: string): Promise<void> {
    return new Promise((resolve, reject) => {
      const end = (settle: () => void) => {
        clearInterval(timer);
        this.waiting.delete(look);
        signal.removeEventListener('abort', abort);
        settle();
      };
      const abort = () => end(() => reject(signal.reason));
      const look = () => {
        const failure = day === undefined ? null : this.day(day).failure;
        if (failure !== null) end(() => reject(new StoryError('DAY_FAILED', `${day}: ${failure}`, { day })));
        else if (condition()) end(resolve);
      };
      const timer = setInterval(() => {
        const failure = this.standstill(waitingFor);
        if (failure) end(() => reject(failure));
      }, 1_000);
      this.lastNews = performance.now();
      this.waiting.add(look);
      signal.addEventListener('abort', abort, { once: true });
      if (signal.aborted) abort();
      else look();
    });
  }

  private standstill(waitingFor: string): StoryError | undefined {
    if (!this.platformRuns()) {
      return new StoryError('PLATFORM_ENDED', `the platform ended while the demo waited for ${waitingFor}`, {
        waitingFor,
      });
    }
    if (performance.now() - this.lastNews < SILENCE_MS) return undefined;
    const message = `nothing happened for ${SILENCE_MS / 1000} s while the demo waited for ${waitingFor}`;
    return new StoryError('SILENT', message, { waitingFor });
  }
}
