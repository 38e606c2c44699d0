/** Rung after the commit that queued a batch. Lost in a crash: whoever prepares also looks by itself. */
export class BatchBell {
  private listener: () => void = () => undefined;

  onRing(listener: () => void): void {
    this.listener = listener;
  }

  readonly ring = (): void => this.listener();
}
