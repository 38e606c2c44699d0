/** One life of a simulated process: a restarted process is a new one of the same name. */
export class SimulatedProcess {
  alive = true;
  /** Until this virtual time the process stands still, and so do its timers and the answers it waits for. */
  pausedUntil = 0;
  /** Operations begun in this and earlier lives: what faults count by. */
  operations: number;

  constructor(
    readonly name: string,
    /** From 1; 2 is the life after the first crash. */
    readonly life: number,
    operations: number,
    /** Of its wall clock, in milliseconds ahead of the true time. */
    readonly skewMs: number,
  ) {
    this.operations = operations;
  }
}
