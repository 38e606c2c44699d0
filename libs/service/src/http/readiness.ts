import { Injectable } from '@nestjs/common';

export type ReadinessCheck = () => Promise<void> | void;

interface Check {
  run: ReadinessCheck;
  /** Without it the service takes no work; other checks are only reported. */
  required: boolean;
}

/** What must hold before a service takes work. A check throws with the reason when it does not. */
@Injectable()
export class Readiness {
  private readonly checks = new Map<string, Check>();
  private readonly onStopping: (() => void)[] = [];
  private stopping = false;

  add(name: string, run: ReadinessCheck, { required = true } = {}): void {
    this.checks.set(name, { run, required });
  }

  /** Readiness turns off before the shutdown, so that no new work is routed here. */
  stop(): void {
    this.stopping = true;
    for (const told of this.onStopping) told();
  }

  /** For whoever tells others by a way of its own that no work is taken any more. */
  onStop(told: () => void): void {
    this.onStopping.push(told);
  }

  async report(): Promise<{ ready: boolean; checks: Record<string, string> }> {
    const checks: Record<string, string> = this.stopping ? { lifecycle: 'stopping' } : {};
    let ready = !this.stopping;
    const look = async ([name, { run, required }]: [string, Check]): Promise<void> => {
      try {
        await run();
        checks[name] = 'ok';
      } catch (error) {
        checks[name] = error instanceof Error ? error.message : String(error);
        if (required) ready = false;
      }
    };
    await Promise.all([...this.checks].map(look));
    return { ready, checks };
  }
}
