/** Rung after the commit that made a model wait for its judgement. Lost in a crash: whoever judges also looks by itself. */
export class JudgementBell {
  private listener: () => void = () => undefined;

  onRing(listener: () => void): void {
    this.listener = listener;
  }

  readonly ring = (): void => this.listener();
}
