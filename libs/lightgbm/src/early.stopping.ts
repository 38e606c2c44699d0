/** Follows a validation loss over the iterations, of which the first is 1. */
export class EarlyStopping {
  private best = Infinity;
  private at = 0;
  private iteration = 0;

  /** `patience`: iterations without a lower loss after which to stop; 0 never stops and keeps every iteration. */
  constructor(private readonly patience: number) {}

  /** Takes the next iteration's loss, null where nothing is validated; true when it is time to stop. */
  add(loss: number | null): boolean {
    this.iteration += 1;
    if (this.patience === 0 || loss === null || loss < this.best) {
      this.best = loss ?? Infinity;
      this.at = this.iteration;
    }
    return this.patience > 0 && this.iteration - this.at >= this.patience;
  }

  /** The iteration whose trees are kept; among equal losses the first. */
  bestIteration(): number {
    return this.at;
  }
}
