import { Injectable } from '@nestjs/common';

export type ReadinessCheck = () => Promise<void> | void;

/** What must hold before a service takes work. A check throws with the reason when it does not. */
@Injectable()
export class Readiness {
  private readonly checks = new Map<string, ReadinessCheck>();
  private stopping = false;

  add(name: string, check: ReadinessCheck): void {
    this.checks.set(name, check);
  }

  /** Readiness turns off before the shutdown, so that no new work is routed here. */
  stop(): void {
    this.stopping = true;
  }

  async report(): Promise<{ ready: boolean; checks: Record<string, string> }> {
    const checks: Record<string, string> = this.stopping ? { lifecycle: 'stopping' } : {};
    await Promise.all(
      [...this.checks].map(async ([name, check]) => {
        try {
          await check();
          checks[name] = 'ok';
        } catch (error) {
          checks[name] = error instanceof Error ? error.message : String(error);
        }
      }),
    );
    return { ready: Object.values(checks).every((state) => state === 'ok'), checks };
  }
}
