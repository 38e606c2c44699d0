/** Rung after the commit that left work. Lost in a crash: whoever does the work also looks by itself. */
export class WorkBell {
  private listener: () => void = () => undefined;

  onRing(listener: () => void): void {
    this.listener = listener;
  }

  readonly ring = (): void => this.listener();
}
