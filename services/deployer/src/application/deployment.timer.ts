import { type Clock, codeOf, type Logger } from '@perennial/messaging';
import type { Pipeline } from '@perennial/pipeline';
import type { AdvanceDeployment } from './advance.deployment';
import type { DeploymentStore, ObservationStore, ReplicaStore } from './ports';
import type { WriteDeployed } from './write.deployed';

export interface DeploymentTimerOptions {
  intervalMs: number;
  /** How long a pipeline is left alone after a failure. */
  pauseMs: number;
}

const FORGET_AFTER_MS = 24 * 60 * 60 * 1000;
/** Labels may arrive for weeks while an experiment runs. */
const OBSERVED_MS = 30 * FORGET_AFTER_MS;
const FORGET_EVERY_MS = 60 * 60 * 1000;

/** Looks at every pipeline at an interval: late replicas, and files that are not those of the desired version. */
export class DeploymentTimer {
  private readonly pausedUntil = new Map<string, number>();
  private timer: NodeJS.Timeout | undefined;
  private round: Promise<void> | undefined;
  private stopped = false;
  private forgetAt = 0;

  constructor(
    private readonly pipelines: ReadonlyMap<string, Pipeline>,
    private readonly deployments: DeploymentStore,
    private readonly advance: AdvanceDeployment,
    private readonly write: WriteDeployed,
    private readonly replicas: ReplicaStore,
    private readonly observations: ObservationStore,
    private readonly clock: Clock,
    private readonly logger: Logger,
    private readonly options: DeploymentTimerOptions,
  ) {}

  start(): void {
    this.timer = setInterval(() => this.wake(), this.options.intervalMs);
    this.wake();
  }

  /** Resolves when the running round has ended. */
  async stop(): Promise<void> {
    this.stopped = true;
    clearInterval(this.timer);
    await this.round;
  }

  private wake(): void {
    if (this.stopped || this.round) return;
    this.round = this.look().finally(() => (this.round = undefined));
  }

  private async look(): Promise<void> {
    const now = this.clock.now().getTime();
    await this.guarded('deployments', now, async () => {
      for (const deployment of await this.deployments.all()) {
        if (this.stopped) return;
        const { pipeline } = deployment;
        if (!this.pipelines.has(pipeline)) continue;
        await this.guarded(`advance ${pipeline}`, now, () => this.advance.consider(deployment));
        await this.guarded(`files of ${pipeline}`, now, () => this.write.run(deployment));
      }
    });
    if (this.stopped || now < this.forgetAt) return;
    this.forgetAt = now + FORGET_EVERY_MS;
    await this.guarded('old replicas', now, () => this.replicas.forget(new Date(now - FORGET_AFTER_MS)));
    await this.guarded('old observations', now, () => this.observations.forget(new Date(now - OBSERVED_MS)));
  }

  /** CONFLICT: another replica of the deployer decided first, and the next round sees what it decided. */
  private async guarded(task: string, now: number, work: () => Promise<unknown>): Promise<void> {
    if ((this.pausedUntil.get(task) ?? 0) > now) return;
    try {
      await work();
      this.pausedUntil.delete(task);
    } catch (err) {
      if (codeOf(err) === 'CONFLICT') return;
      this.pausedUntil.set(task, now + this.options.pauseMs);
      this.logger.warn({ err, code: codeOf(err), task }, 'A deployment task failed and is tried again later');
    }
  }
}
