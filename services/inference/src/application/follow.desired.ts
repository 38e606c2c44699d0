import { codeOf, type Logger } from '@perennial/messaging';
import type { ModelSlot } from './model.slot';
import type { ModelSlots } from './model.slots';
import type { Deployable, DeployedFolder, DesiredStates } from './ports';

/**
 * Asks the deployer what to serve, at the start and at an interval: a rollout event that was missed is caught up.
 * While the deployer is away at the start, the deployed folder says what served last.
 */
export class FollowDesired {
  private timer: NodeJS.Timeout | undefined;
  private round: Promise<void> | undefined;
  private isAnswered = false;
  private away = false;

  constructor(
    private readonly slots: ModelSlots,
    /** Null: no deployer is configured; rollout events and the deployed folder are all there is. */
    private readonly desired: DesiredStates | null,
    private readonly folder: DeployedFolder,
    private readonly logger: Logger,
    private readonly intervalMs: number,
  ) {}

  start(): void {
    this.wake();
    this.timer = setInterval(() => this.wake(), this.intervalMs);
  }

  async stop(): Promise<void> {
    clearInterval(this.timer);
    await this.round;
  }

  /** Whether it is known what to serve, be it nothing. */
  isKnown(): boolean {
    return this.desired === null || this.isAnswered;
  }

  /** Reads the desired state now and waits until it is reached or has failed. A failed version is tried again. */
  async reload(slot: ModelSlot): Promise<void> {
    await this.follow([slot], true);
    await slot.settled();
  }

  private wake(): void {
    this.round ??= this.follow(this.slots.all(), false).finally(() => (this.round = undefined));
  }

  private async follow(slots: readonly ModelSlot[], again: boolean): Promise<void> {
    const states = this.desired && (await this.ask(this.desired));
    for (const slot of slots) {
      if (slot.follows !== 'deployer') continue;
      const deployable = states?.get(slot.pipeline);
      if (deployable) slot.offer(deployable, { again });
      else if (!states && !slot.hasTarget()) await this.fallBack(slot);
    }
  }

  /** Null while the deployer is away. */
  private async ask(desired: DesiredStates): Promise<ReadonlyMap<string, Deployable> | null> {
    try {
      const states = await desired.all();
      this.isAnswered = true;
      this.away = false;
      return states;
    } catch (err) {
      if (!this.away) this.logger.warn({ err, code: codeOf(err) }, 'The deployer cannot be asked; it is tried again');
      this.away = true;
      return null;
    }
  }

  private async fallBack(slot: ModelSlot): Promise<void> {
    try {
      const deployable = await this.folder.read(slot.pipeline);
      if (deployable) slot.offer(deployable);
    } catch (err) {
      this.logger.warn({ err, code: codeOf(err), pipeline: slot.pipeline }, 'The deployed folder cannot be used');
    }
  }
}
