import { runProgressedV1 } from '@perennial/contracts';
import { emit, type Logger, type Publisher, type Stamp, stampEvents } from '@perennial/messaging';
import type { TrialProgress } from './ports';
import type { ClaimedRun } from './claim.run';

/** Tells how far a run is, best effort: while one report is on its way, later ones are left out. */
export class ProgressFeed {
  private readonly underWay = new Set<string>();

  constructor(
    private readonly publisher: Publisher,
    private readonly stamp: Stamp,
    private readonly logger: Logger,
  ) {}

  report(
    { run, origin }: Pick<ClaimedRun, 'run' | 'origin'>,
    trial: number,
    trials: number,
    progress: TrialProgress,
  ): void {
    const { runId, pipeline, cycleId, attempt } = run.request;
    if (this.underWay.has(runId)) return;
    const { epoch, epochs, step, steps, rowsPerSecond, secondsLeft } = progress;
    const loss = Number.isFinite(progress.loss) ? progress.loss : null;
    const position = { trial, trials, epoch, epochs, step, steps };
    const data = { runId, pipeline, cycleId, attempt, ...position, loss, rowsPerSecond, secondsLeft };
    this.underWay.add(runId);
    this.publisher
      .publish(stampEvents([emit(runProgressedV1, data)], origin, this.stamp))
      .catch((err: unknown) => this.logger.debug({ err, runId }, 'progress was not published'))
      .finally(() => this.underWay.delete(runId));
  }
}
