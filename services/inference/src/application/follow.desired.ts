import { codeOf, type Logger } from '@perennial/messaging';
import type { ModelSlot } from './model.slot';
import type { ModelSlots } from './model.slots';
import type { DeployedFolder, DesiredStates } from './ports';

/**
 * Asks the deployer what to serve, at the start and at an interval: a rollout event that was missed is caught up.
 * While the deployer is away at the start, the deployed folder says what served last.
 */
export class FollowDesired {
  private timer: NodeJS.Timeout | undefined;
  private round: Promise<void> | undefined;
  private readonly answered = new Set<string>();
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
  isKnown(pipeline: string): boolean {
    return this.desired === null || this.answered.has(pipeline);
  }

  /** Reads the desired state now and waits until it is reached or has failed. A failed version is tried again. */
  async reload(slot: ModelSlot): Promise<void> {
    await this.follow(slot, true);
    await slot.settled();
  }

  private wake(): void {
    this.round ??= Promise.all(this.slots.all().map((slot) => this.follow(slot, false)))
      .then(() => undefined)
      .finally(() => (this.round = undefined));
  }

  private async follow(slot: ModelSlot, again: boolean): Promise<void> {
    if (this.desired && (await this.ask(slot, this.desired, again))) return;
    if (!slot.hasTarget()) await this.fallBack(slot);
  }

  private async ask(slot: ModelSlot, desired: DesiredStates, again: boolean): Promise<boolean> {
    try {
      const deployable = await desired.of(slot.pipeline);
      if (deployable) slot.offer(deployable, { again });
      this.answered.add(slot.pipeline);
      this.away = false;
      return true;
    } catch (err) {
      if (!this.away) this.logger.warn({ err, code: codeOf(err) }, 'The deployer cannot be asked; it is tried again');
      this.away = true;
      return false;
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
