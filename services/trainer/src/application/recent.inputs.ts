import type { RunRequest } from '../domain/training.run';
import { type RunInputs, runInputs, type RunSources } from './run.inputs';

/**
 * What the trials of a run train on. Kept for a while: the next trial of this trainer is likely of the same search. One
 * run's at most, beside those in use.
 */
export class RecentInputs {
  private recent: { runId: string; inputs: RunInputs } | null = null;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly sources: RunSources,
    private readonly keepMs: number,
  ) {}

  async of(request: RunRequest, signal: AbortSignal): Promise<RunInputs> {
    const { runId } = request;
    const known = this.recent?.runId === runId ? this.recent.inputs : null;
    const inputs = known ?? (await runInputs(request, this.sources, signal));
    this.recent = { runId, inputs };
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.forget(), this.keepMs).unref();
    return inputs;
  }

  forget(): void {
    clearTimeout(this.timer);
    this.recent = null;
  }
}
